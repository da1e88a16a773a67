// Keeps the page fresh: when the server says that something has arrived, the part that shows it is fetched again.
// Focus and scrolling stay, because the new part is morphed into the old one. Without this the page is complete, too.
const loop = () => document.getElementById("loop");
const pause = document.getElementById("pause");
const status = document.getElementById("live-status");
const quiet = 1000; // at most one fetch in so many milliseconds
const silent = 60_000; // after so long without news it is asked whether a service is behind
const remembered = "updates-paused";

let source = null;
let due = null;
let fetching = false;

// How far the page is, as the stream says it: what it knows already needs no fetching.
const shown = () => JSON.stringify(JSON.parse(document.getElementById("positions").dataset.position));

function say(text) {
  if (status.textContent !== text) status.textContent = text;
}

function refresh() {
  due ??= setTimeout(() => {
    due = null;
    if (fetching || document.hidden) return refresh();
    fetching = true;
    htmx.trigger(loop(), "refresh");
  }, quiet);
}

function connect() {
  source = new EventSource("/live");
  source.addEventListener("open", () => status.dataset.lost && (delete status.dataset.lost, say(""), refresh()));
  source.addEventListener("error", () => ((status.dataset.lost = "yes"), say("No connection; trying again.")));
  source.addEventListener("message", (event) => {
    if (JSON.stringify(JSON.parse(event.data).position) !== shown()) refresh();
  });
}

function disconnect() {
  source?.close();
  source = null;
  clearTimeout(due);
  due = null;
}

function show(paused) {
  pause.textContent = paused ? "Resume updates" : "Pause updates";
  say(paused ? "Updates are paused." : "");
}

setInterval(() => source && refresh(), silent);
pause.addEventListener("click", () => {
  const paused = source !== null;
  if (paused) disconnect();
  else connect(), refresh();
  sessionStorage.setItem(remembered, paused ? "yes" : "");
  show(paused);
});

document.addEventListener("htmx:after:swap", () => {
  fetching = false;
  const said = loop()?.dataset.said;
  if (said && said !== document.documentElement.dataset.said) {
    document.documentElement.dataset.said = said;
    document.title = document.title.replace(/^.*(?= – )/, said);
    say(`Updated: ${said}.`);
  }
});
document.addEventListener("htmx:error", () => {
  fetching = false;
});

document.documentElement.dataset.said = loop()?.dataset.said ?? "";
pause.hidden = false;
const paused = sessionStorage.getItem(remembered) === "yes";
show(paused);
if (!paused) connect();
