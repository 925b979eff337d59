// The page for editors: asks the service, shows images and words, and keeps the question in the address.

import { card } from "/page/cards.js";
import { chosen, showFilters } from "/page/filters.js";
import { Words } from "/page/words.js";

const byId = (id) => document.getElementById(id);
const TEXTS = ["page_title", "section_title", "text"];
const KEPT = [...TEXTS, "index", "width", "bm25"];
const SWITCHES = ["distinct", "diverse", "elsewhere"];
const SHOWN_IMAGES = 24;
const VARIETY = 0.2;
const WAIT_MS = 350;

const words = new Words(byId("words"), byId("chips"), () => suggest());
const leftOut = new Set();
let indices = [];
let picked = null; // the section that was picked, as the service gives it
let like = ""; // the image that the others are to be like
let offered = []; // sections that the list has
let underWay = null;
let waiting = 0;

async function ask(path, body, signal) {
  const headers = { "Content-Type": "application/json" };
  const token = sessionStorage.getItem("token");
  if (token) headers.Authorization = `Bearer ${token}`;
  const answer = await fetch(path, body ? { headers, method: "POST", body: JSON.stringify(body), signal } : { headers });
  const told = await answer.json().catch(() => ({}));
  byId("access").hidden = answer.status !== 401;
  if (!answer.ok) throw new Error([told.detail ?? `The service answers with ${answer.status}.`, told.advice].filter(Boolean).join(" "));
  return told;
}

function chosenIndex() {
  return indices.find((each) => each.name === byId("index").value);
}

// An index of sections is asked by the caption of an image, and the other way round.
function holdsSections() {
  return chosenIndex()?.holds === "sections";
}

function noun() {
  return holdsSections() ? "section" : "image";
}

function counted(count) {
  return `${count} ${noun()}${count === 1 ? "" : "s"}`;
}

function showKind() {
  document.body.classList.toggle("sections", holdsSections());
  document.title = holdsSections() ? "Sections for an image" : "Images for a text";
  byId("title").textContent = document.title;
  byId("text-label").textContent = holdsSections() ? "Caption" : "Text";
  byId("suggest").textContent = `Suggest ${noun()}s`;
  byId("images").setAttribute("aria-label", `Suggested ${noun()}s`);
  byId("why-title").textContent = `Why is ${holdsSections() ? "a" : "an"} ${noun()} not shown?`;
}

// What is searched for and how, as the service takes it; without what only a list of images has.
function search() {
  const index = chosenIndex();
  const share = Number(byId("bm25").value);
  const known = index?.hybrid?.field;
  const texts = Object.fromEntries(TEXTS.map((name) => [name, holdsSections() && name !== "text" ? "" : byId(name).value]));
  const source = holdsSections() ? null : picked;
  return {
    ...(like ? { like } : { section: { ...source?.section, ...texts } }),
    index: index?.name,
    size: SHOWN_IMAGES,
    hybrid: share && known ? `${known}:${(index.hybrid.weight * share).toPrecision(4)}` : "",
    filters: Object.fromEntries(Object.entries(chosen(byId("filters"))).map(([field, value]) => [field, [value]])),
    without: source && byId("elsewhere").checked ? { page: [source.page] } : {},
    at_least: byId("width").value && !holdsSections() ? { width: Number(byId("width").value) } : {},
    exclude: [...leftOut],
    veto: [...words.struck],
    boost: words.boost,
  };
}

function isEmpty({ section }) {
  return section && !TEXTS.some((name) => section[name].trim());
}

async function suggest() {
  clearTimeout(waiting);
  const asked = search();
  keepInAddress();
  byId("likeness").hidden = !like;
  byId("likeness").firstElementChild.textContent = `${holdsSections() ? "Sections" : "Images"} like ${like}.`;
  if (isEmpty(asked)) {
    show({ images: [], words: {} }, "");
    return;
  }
  byId("status").textContent = `Looking for ${noun()}s…`;
  underWay?.abort();
  underWay = new AbortController();
  const shown = { explain: true, thumbnails: true, distinct: byId("distinct").checked && !holdsSections(), diverse: byId("diverse").checked ? VARIETY : 0 };
  try {
    const found = await ask("/v1/suggest", { ...asked, ...shown }, underWay.signal);
    const count = found.images.length;
    const matching = found.total > count ? ` of ${found.total} that match` : "";
    const said = count ? `${counted(count)}${matching}.` : `No ${noun()} matches.`;
    show(found, [said, found.doubts].filter(Boolean).join("\n"));
  } catch (error) {
    if (error.name !== "AbortError") tell(problem(error));
  }
}

function problem(error) {
  return error instanceof TypeError ? "The service does not answer. Is it running?" : error.message;
}

function tell(text) {
  byId("status").textContent = text;
}

function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(suggest, WAIT_MS);
}

function show(found, said) {
  tell(said);
  words.show(found.words);
  byId("images").replaceChildren(...found.images.map((image) => card(image, byId("image"), acts)));
  byId("missing").hidden = found.images.length === 0;
  byId("left-out").hidden = leftOut.size === 0;
  byId("left-out").firstElementChild.textContent = `${counted(leftOut.size)} ${leftOut.size === 1 ? "is" : "are"} left out.`;
}

const acts = {
  told: tell,
  get pictured() {
    return !holdsSections();
  },
  leaveOut(image) {
    leftOut.add(image.id);
    suggest();
  },
  like(image) {
    forget();
    like = image.id;
    suggest();
    byId("status").scrollIntoView({ block: "center" });
  },
  // A picture cannot be asked for with a token by its address alone.
  get guarded() {
    return Boolean(sessionStorage.getItem("token"));
  },
  async picture(path) {
    const answer = await fetch(path, { headers: { Authorization: `Bearer ${sessionStorage.getItem("token")}` } });
    if (!answer.ok) throw new Error("no picture");
    const reader = new FileReader();
    const read = new Promise((done) => reader.addEventListener("load", () => done(reader.result)));
    reader.readAsDataURL(await answer.blob());
    return read;
  },
};

function forget() {
  words.forget();
  leftOut.clear();
  picked = null;
  like = "";
  showPicked();
}

function showPicked() {
  byId("elsewhere").closest(".field").hidden = !picked?.page;
  if (!picked) byId("section").value = "";
}

async function findSections() {
  const titles = byId("section").value;
  const same = offered.find((each) => each.titles === titles);
  if (same) {
    await pick(same.id);
    suggest();
    return;
  }
  offered = unlike(await ask(`/v1/sections?titles=${encodeURIComponent(titles)}`));
  byId("sections").replaceChildren(...offered.map((each) => new Option("", each.titles)));
  byId("section").closest(".field").hidden = !titles && offered.length === 0;
}

// Sections of which several have the same titles get a number, so that each can be picked.
function unlike(sections) {
  const seen = new Map();
  return sections.map((each) => {
    const count = (seen.get(each.titles) ?? 0) + 1;
    seen.set(each.titles, count);
    return count === 1 ? each : { ...each, titles: `${each.titles} (${count})` };
  });
}

async function pick(id) {
  const found = await ask(`/v1/sections/${encodeURIComponent(id)}`);
  forget();
  picked = found;
  for (const name of TEXTS) byId(name).value = found.section[name];
  byId("section").value = found.titles;
  showPicked();
}

async function whyNot() {
  const id = byId("missing-id").value.trim();
  if (!id) return;
  try {
    const found = await ask("/v1/why-not", { ...search(), id });
    const lacks = Object.keys(found.missing).slice(0, 5);
    byId("why-not").textContent = [found.captions.join(" | "), found.sentence, lacks.length ? `It lacks: ${lacks.join(", ")}.` : ""].filter(Boolean).join("\n");
  } catch (error) {
    byId("why-not").textContent = problem(error);
  }
}

async function showValues() {
  showKind();
  const index = byId("index").value;
  if (index) showFilters(byId("filters"), await ask(`/v1/values?index=${encodeURIComponent(index)}`));
}

const SETS = () => [["raise", words.raised], ["strike", words.struck], ["add", words.added], ["without", leftOut]];

function keepInAddress() {
  const kept = new URLSearchParams();
  for (const name of KEPT) if (byId(name).value && byId(name).value !== "0") kept.set(name, byId(name).value);
  for (const name of SWITCHES) if (byId(name).checked) kept.set(name, "1");
  for (const [field, value] of Object.entries(chosen(byId("filters")))) kept.set(`filter-${field}`, value);
  for (const [name, some] of SETS()) for (const each of some) kept.append(name, each);
  if (picked) kept.set("section", picked.id);
  if (like) kept.set("like", like);
  history.replaceState(null, "", kept.size ? `#${kept}` : location.pathname);
}

async function readAddress() {
  const kept = new URLSearchParams(location.hash.slice(1));
  if (kept.has("index")) byId("index").value = kept.get("index");
  await showValues();
  if (kept.has("section")) await pick(kept.get("section"));
  for (const name of KEPT) if (kept.has(name)) byId(name).value = kept.get(name);
  for (const name of SWITCHES) byId(name).checked = kept.has(name);
  for (const input of byId("filters").querySelectorAll("[data-field]")) input.value = kept.get(`filter-${input.dataset.field}`) ?? "";
  for (const [name, some] of SETS()) {
    some.clear();
    kept.getAll(name).forEach((each) => some.add(each));
  }
  like = kept.get("like") ?? "";
  showShare();
}

function showShare() {
  const share = Number(byId("bm25").value);
  byId("bm25-value").textContent = share === 0 ? "none" : share === 1 ? "as the index advises" : `${share} times what the index advises`;
}

async function start() {
  const linked = location.hash.length > 1; // what is typed meanwhile is asked by itself
  try {
    indices = await ask("/v1/indices");
    byId("index").replaceChildren(...indices.map(({ name }) => new Option(name)));
    byId("bm25").disabled = !indices.some((each) => each.hybrid.field);
    await findSections();
    await readAddress();
  } catch (error) {
    tell(problem(error));
    return;
  }
  if (linked) suggest();
}

byId("question").addEventListener("submit", (event) => {
  event.preventDefault();
  suggest();
});
byId("question").addEventListener("input", async (event) => {
  const of = event.target.id;
  if (of === "section") {
    await findSections();
    return;
  }
  if (TEXTS.includes(of)) forget();
  if (of === "index") await showValues();
  showShare();
  soon();
});
byId("clear").addEventListener("click", () => {
  byId("question").reset();
  forget();
  showShare();
  suggest();
  byId(holdsSections() ? "text" : "page_title").focus();
});
byId("add").addEventListener("submit", (event) => {
  event.preventDefault();
  const word = byId("word").value.trim().toLowerCase();
  if (!word) return;
  words.add(word);
  byId("word").value = "";
  suggest();
});
byId("show-again").addEventListener("click", () => {
  leftOut.clear();
  suggest();
});
byId("back").addEventListener("click", () => {
  words.forget();
  like = "";
  suggest();
});
byId("missing").querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  whyNot();
});
byId("access").addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem("token", byId("token").value);
  byId("token").value = "";
  start();
});
addEventListener("hashchange", async () => {
  await readAddress();
  suggest();
});
start();
