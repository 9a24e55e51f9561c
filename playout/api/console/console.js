// Asks for the state each second and shows the chosen screen. All words come from the page, Vietnamese and English.

const POLL_MS = 1000;
const PATIENCE_MS = 3000;
const STILL_MS = 2000;

const words = JSON.parse(document.getElementById("words").content.textContent);
const time = new Intl.DateTimeFormat("vi-VN", {
  timeZone: document.documentElement.dataset.timezone, dateStyle: "short", timeStyle: "medium",
});
const element = (id) => document.getElementById(id);
const buttons = [...document.querySelectorAll("[data-screen]")];
const picture = element("picture");
let chosen = buttons[0].dataset.screen;
let retry = 0;
let isReached = true;

/** Both languages of an expression; an unknown one stands for itself. */
function say(key, otherwise = key) {
  return key in words ? words[key].join(" · ") : otherwise;
}

function show(id, text, mark = "") {
  const target = element(id);
  target.hidden = text === "";
  if (target.textContent !== text) target.textContent = text;
  target.classList.toggle("good", mark === "good");
  target.classList.toggle("bad", mark === "bad");
}

/** The moving picture; where all places are taken or nothing is sent, a still every two seconds. */
function watch() {
  clearTimeout(retry);
  picture.onload = null;
  picture.onerror = still;
  picture.src = `/api/v1/screens/${encodeURIComponent(chosen)}/preview.mjpg?${Date.now()}`;
}

function still() {
  clearTimeout(retry);
  picture.onload = picture.onerror = () => { retry = setTimeout(still, STILL_MS); };
  picture.src = `/api/v1/screens/${encodeURIComponent(chosen)}/preview.jpg?${Date.now()}`;
}

function rest() {
  clearTimeout(retry);
  picture.onload = picture.onerror = null;
  picture.removeAttribute("src");
}

function showOnAir(screen) {
  const named = screen.title || screen.notice || say(`kind_${screen.kind}`, screen.kind);
  show("on_air", named);
  const proofread = { true: ["proofread_yes", "good"], false: ["proofread_no", "bad"] }[String(screen.proofread)];
  show("proofread", proofread ? say(proofread[0]) : "", proofread ? proofread[1] : "");
  show("language", screen.language ? say(`language_${screen.language}`, screen.language) : say("every_language"));
  show("page", screen.pages > 0 ? `${screen.page} / ${screen.pages}` : "–");
  show("until", time.format(new Date(screen.until)));
  show("level", `${screen.band} · ${say(`band_${screen.band}`)}`);
  show("because", `${screen.because.winner} (${screen.because.rule})`);
  show("losers", screen.because.losers.join(", ") || "–");
}

function showLink(screen, state) {
  const link = screen.health.state;
  show("link", say(`link_${link}`, link), link === "up" ? "good" : "bad");
  show("remedy", screen.remedy ? `${say("remedy")}: ${screen.remedy}` : "");
  show("missed", String(screen.missed_ticks), screen.missed_ticks ? "bad" : "");
  show("lateness", `${screen.lateness_p99_us} µs`);
  show("power", `${(screen.watts / 1000).toFixed(1)} kW`);
  show("revision", state.revision ? `${state.revision.number} · ${state.revision.author}` : "–");
  show("version", screen.version);
  show("reported", time.format(new Date(screen.at)));
}

function showWarnings(warnings) {
  element("warnings_box").hidden = warnings.length === 0;
  element("warnings").replaceChildren(...warnings.map((text) => {
    const line = document.createElement("li");
    line.textContent = text;
    return line;
  }));
}

function present(state) {
  const screen = state.screens.find((each) => each.screen === chosen);
  show("trouble", screen.is_alive ? "" : `${say("gone")}: ${screen.remedy}`);
  if (screen.health) {
    showOnAir(screen);
    showLink(screen, state);
  }
  showWarnings([...state.warnings, ...(screen.warnings ?? [])]);
}

async function poll() {
  try {
    const answer = await fetch("/api/v1/status", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.status === 401) {
      show("trouble", say("ended"));
      rest();
      return;
    }
    present(await answer.json());
    if (!isReached) watch();
    isReached = true;
  } catch {
    isReached = false;
    show("trouble", say("offline"));
  }
  setTimeout(poll, POLL_MS);
}

for (const button of buttons) {
  button.addEventListener("click", () => {
    chosen = button.dataset.screen;
    for (const each of buttons) each.setAttribute("aria-pressed", String(each === button));
    watch();
  });
}
document.addEventListener("visibilitychange", () => (document.hidden ? rest() : watch()));
// A stream ends after ten minutes; a new one shows the session again.
setInterval(() => { if (!document.hidden) watch(); }, 9 * 60 * 1000);
watch();
poll();
