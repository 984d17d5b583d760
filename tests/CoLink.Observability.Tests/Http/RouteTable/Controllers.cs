using Microsoft.AspNetCore.Mvc;

#pragma warning disable CA1822 // Only an instance method is an action.

namespace CoLink.Observability.Tests.Http.RouteTable;

[ApiController]
[Route("attributed")]
public sealed class AttributedController : ControllerBase
{
    [HttpGet("get/{id}")]
    public int Show(int id) => id;

    [HttpGet("/[controller]/[action]")]
    public string Token() => "token";

    [HttpGet("~/absolute/{id:int}")]
    public int Absolute(int id) => id;
}

public sealed class HomeController : ControllerBase
{
    public string Index() => "home";
}

public sealed class PlainController : ControllerBase
{
    public string Show(int id) => $"{id}";

    public async Task<string> ListAsync()
    {
        await Task.Yield();
        return "list";
    }

    public string Fail() => throw new InvalidOperationException("fail");
}

[Area("Admin")]
public sealed class UsersController : ControllerBase
{
    public string Edit(int id) => $"{id}";
}
