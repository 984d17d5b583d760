// All that comes from outside is shown through textContent: nothing of it becomes markup.
const show = (id, text) => { document.getElementById(id).textContent = text; };
const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));

// What a visitor does; the scrapes of this page and the process itself would drown it.
const shown = /^(http_requests_total|http_request_duration_seconds_count|messages_|file_|search_|user_|websocket_|operations_|redis_(hits|misses)_|db_query_duration_seconds_count|kafka_messages_)/;

async function scrape() {
  const response = await fetch('/metrics');
  if (!response.ok) return null;
  const lines = (await response.text()).split('\n').filter(line => shown.test(line));
  return new Map(lines.map(line => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]));
}

// A request is counted after its answer has gone out, so the first look may come too early.
async function showChanges(before) {
  let changes = [];
  for (let look = 0; look < 5 && !changes.some(change => change.startsWith('http_')); look++) {
    await pause(50);
    const after = await scrape();
    if (!before || !after) return show('changes', '/metrics is guarded: this page may not read it.');
    changes = [...after].filter(([series, value]) => value !== (before.get(series) ?? 0))
      .map(([series, value]) => `${series}  ${before.get(series) ?? 0} → ${value}`);
  }
  show('changes', changes.join('\n') || 'Nothing.');
}

async function ask(path, options) {
  const before = await scrape();
  const response = await fetch(path, options);
  const body = await response.text();
  let answer = body;
  try { answer = JSON.stringify(JSON.parse(body), null, 2); } catch { /* Not JSON: shown as it came. */ }
  show('answer', `${response.status} ${response.statusText}\n${answer}`);
  document.getElementById('answer').scrollIntoView({ block: 'nearest', behavior: 'smooth' });
  await showChanges(before);
}

let socket;
async function join(path) {
  const before = await scrape();
  socket?.close();
  const joined = socket = new WebSocket(path);
  const say = line => { if (joined === socket) show('pushed', line); };
  let lines = [];
  joined.onopen = () => say(`Open: ${path}. Send a message to this channel.`);
  joined.onmessage = event => { lines = [JSON.stringify(JSON.parse(event.data)), ...lines].slice(0, 20); say(lines.join('\n')); };
  joined.onclose = event => say(`Closed (${event.code}).`);
  await showChanges(before);
}

document.addEventListener('submit', async event => {
  event.preventDefault();
  const form = event.target;
  const fields = new FormData(form);
  const { post, get, upload, socket: ws } = form.dataset;
  try {
    if (post) await ask(post, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(Object.fromEntries(fields)) });
    else if (get) await ask(`${get}?${new URLSearchParams(fields)}`);
    else if (upload) await ask(upload, { method: 'POST', body: fields });
    else await join(ws + encodeURIComponent(fields.get('channel')));
  } catch (error) {
    show('answer', `No answer: ${error.message}`);
  }
});
