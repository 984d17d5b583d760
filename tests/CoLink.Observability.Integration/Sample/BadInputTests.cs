using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace CoLink.Observability.Integration.Sample;

/// <summary>Each refusal has a status and says what was wrong and what is allowed.</summary>
public sealed class BadInputTests(RunningSample running) : IClassFixture<RunningSample>
{
    [Theory]
    [InlineData("/api/users", "{}", "name is missing. Allowed: 1 to 100 characters. email is missing. Allowed: 1 to 254 characters. method is missing. Allowed: password, oauth, sso, invitation, api.")]
    [InlineData("/api/users", """{"name":"Ada","email":"ada","method":"api"}""", "email 'ada' is not valid. Allowed: an address such as ada@example.com.")]
    [InlineData("/api/users", """{"name":"Ada","email":"a@b.c","method":"pigeon"}""", "method 'pigeon' is not known. Allowed: password, oauth, sso, invitation, api.")]
    [InlineData("/api/users", """{"name":"Ada","email":"a@b.c","method":"1"}""", "method '1' is not known. Allowed: password, oauth, sso, invitation, api.")]
    [InlineData("/api/messages", """{"channel":"general","text":"hi","channelType":"chanel","author":"Ada"}""", "channelType 'chanel' is not known. Allowed: direct, group, channel, thread.")]
    [InlineData("/api/messages", """{"channel":"a b","text":"hi","channelType":"channel","author":"Ada"}""", "channel 'a b' is not valid. Allowed: letters, digits, '-', '_' and '.', 80 at most.")]
    [InlineData("/api/messages", """{"channel":"general","text":"a\u0000b","channelType":"channel","author":"Ada"}""", "text 'a b' has a control character. Allowed: text and line breaks.")]
    [InlineData("/api/messages", """{"channel":"general","text":5}""", "text is not a string. Allowed: text in quotes.")]
    [InlineData("/api/messages", """{"channel":""", "The body is not valid JSON: ")]
    [InlineData("/api/messages", "[]", "The body is not a JSON object. Allowed: fields and values in braces.")]
    [InlineData("/api/messages", "null", "channel is missing. Allowed: 1 to 80 characters. text is missing. Allowed: 1 to 4000 characters. ")]
    [InlineData("/api/messages", "", "channel is missing. Allowed: 1 to 80 characters. text is missing. Allowed: 1 to 4000 characters. ")]
    public async Task A_body_that_is_not_accepted_is_a_400(string path, string json, string detail) =>
        await RefusedAsync(running.Process.PostJsonAsync(path, json), HttpStatusCode.BadRequest, detail);

    [Theory]
    [InlineData("/api/messages", "channel is missing. Allowed: 1 to 80 characters.")]
    [InlineData("/api/messages?channel=%00", "channel ' ' has a control character. Allowed: text and line breaks.")]
    [InlineData("/api/search", "q is missing. Allowed: 1 to 200 characters.")]
    [InlineData("/api/search?q=hi&scope=moon", "scope 'moon' is not known. Allowed: messages, files, users, channels, all.")]
    [InlineData("/ws/channels/general", "This is a plain HTTP request. Allowed: a WebSocket.")]
    public async Task A_query_that_is_not_accepted_is_a_400(string path, string detail) =>
        await RefusedAsync(running.Process.Client.GetAsync(path), HttpStatusCode.BadRequest, detail);

    [Fact]
    public async Task A_text_that_is_too_long_is_quoted_short() =>
        await RefusedAsync(running.Process.SendAsync(new string('x', 4001)), HttpStatusCode.BadRequest, $"text '{new string('x', 40)}…' has 4001 characters. Allowed: 1 to 4000 characters.");

    [Fact]
    public async Task An_address_that_is_taken_is_a_409_whatever_its_case()
    {
        Assert.Equal(HttpStatusCode.Created, (await running.Process.RegisterAsync("taken@example.com")).StatusCode);

        await RefusedAsync(running.Process.RegisterAsync("Taken@Example.com"), HttpStatusCode.Conflict, "email 'taken@example.com' is already registered.");
    }

    [Fact]
    public async Task Of_registrations_of_one_address_at_once_one_succeeds()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 400).Select(i => running.Process.RegisterAsync($"race{i / 8}@example.com")));

        Assert.Equal(50, answers.Count(answer => answer.StatusCode == HttpStatusCode.Created));
        Assert.Equal(350, answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict));
    }

    [Theory]
    [InlineData("application/json", "{}", "Content-Type 'application/json; charset=utf-8' carries no file. Allowed: multipart/form-data with one file in a part named 'file'.")]
    [InlineData("multipart/form-data", "x", "The body is not valid multipart: Missing content-type boundary.")]
    [InlineData("multipart/form-data; boundary=x", "x", "The body is not valid multipart: Unexpected end of Stream")]
    [InlineData("application/x-www-form-urlencoded", "a=b", "file is missing, or is not the only one. Allowed: multipart/form-data with one file in a part named 'file'.")]
    public async Task A_request_that_carries_no_file_is_a_400(string contentType, string body, string detail)
    {
        var content = new StringContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType == "application/json" ? "application/json; charset=utf-8" : contentType);

        await RefusedAsync(running.Process.Client.PostAsync("/api/files", content), HttpStatusCode.BadRequest, detail);
    }

    [Fact]
    public async Task A_file_in_a_part_of_another_name_is_a_400() =>
        await RefusedAsync(running.Process.UploadAsync("image/png", part: "picture"), HttpStatusCode.BadRequest, "file is missing, or is not the only one.");

    [Fact]
    public async Task An_empty_file_is_a_400() =>
        await RefusedAsync(running.Process.UploadAsync("image/png", bytes: 0), HttpStatusCode.BadRequest, "file 'notes.bin' is empty. Allowed: 1 to 10485760 bytes.");

    [Theory]
    [InlineData(10_485_761, "file 'notes.bin' has 10485761 bytes. Allowed: 1 to 10485760 bytes.")]
    [InlineData(40_000_000, "bytes. Allowed: 1 to 10485760 bytes.")]
    public async Task A_file_that_is_too_large_is_a_413(int bytes, string detail) =>
        await RefusedAsync(running.Process.UploadAsync("video/mp4", bytes), HttpStatusCode.RequestEntityTooLarge, detail);

    [Fact]
    public async Task A_body_of_another_type_is_a_415() =>
        await RefusedAsync(running.Process.PostJsonAsync("/api/messages", "hi", "text/plain"), HttpStatusCode.UnsupportedMediaType, "Content-Type 'text/plain; charset=utf-8' is not known. Allowed: application/json.");

    [Fact]
    public async Task A_file_that_is_not_there_is_a_404() =>
        await RefusedAsync(running.Process.Client.GetAsync("/api/files/999999"), HttpStatusCode.NotFound, "There is no file 999999.");

    private static async Task RefusedAsync(Task<HttpResponseMessage> request, HttpStatusCode status, string detail)
    {
        var answer = await request;
        var body = await answer.Content.ReadAsStringAsync();

        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains(detail, JsonDocument.Parse(body).RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(status, answer.StatusCode);
    }
}
