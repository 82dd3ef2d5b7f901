// Keeps what is typed: on this device at once, on the server soon after. Without this file the form has a button for it.
(() => {
  "use strict";
  const form = document.getElementById("edit");
  if (!form) return;
  const WAIT = 3000;
  // Such a form is sent as a whole, once: until then the device keeps it.
  const hereOnly = "hereOnly" in form.dataset;
  const place = ["typed", form.dataset.whose, form.dataset.keep, location.search].join(":");
  const older = place + ":older";
  const told = document.querySelector("#saved [data-told]");
  const note = document.getElementById("saved");
  const carried = ["draft", "version", "base"];
  // What tells this form from others; the rest is what was typed.
  const notTyped = new Set([...carried, "csrfmiddlewaretoken", "do", "asked", "form", "turn"]);
  let timer = 0, sending = false, changed = false, leaving = false, refused = false, under = new AbortController();

  const typed = () => {
    const found = [];
    for (const [name, value] of new FormData(form)) if (!notTyped.has(name)) found.push([name, value]);
    return found;
  };
  const version = () => carried.map((name) => (form.elements[name] || {}).value || "").join(" ");
  const tell = (text, isSafe = false) => {
    told.textContent = text;
    note.querySelector("b").hidden = !isSafe;
    note.hidden = false;
  };

  // Each sending is numbered: one that is slow on its way is older than those after it.
  const takeTurn = () => { form.elements.turn.value = Number(form.elements.turn.value) + 1; };

  function keepHere() {
    try {
      localStorage.setItem(place, JSON.stringify({
        version: version(), form: form.elements.form.value, whose: form.dataset.whose, typed: typed(),
      }));
    } catch { /* The device has no room, or forbids it: the server has it soon. */ }
  }

  function forgetHere() {
    try { localStorage.removeItem(place); } catch { /* It forbids that as well. */ }
  }

  // Back in the form is what had not reached the server when the page went: of boxes that are still there.
  function restore() {
    let kept = null;
    try { kept = JSON.parse(localStorage.getItem(place) || localStorage.getItem(older)); } catch { return; }
    if (!kept || kept.whose !== form.dataset.whose) return;
    if (form.dataset.reached.split(" ").includes(kept.form)) return forgetHere();
    if (kept.version === version()) return putBack(kept);
    // The page or the draft has changed since: whoever typed it decides.
    try { localStorage.setItem(older, JSON.stringify(kept)); } catch { /* Then it is there until the next word. */ }
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn plain";
    button.textContent = form.dataset.putBack;
    button.addEventListener("click", () => { button.remove(); putBack(kept); });
    tell(form.dataset.older);
    note.append(" ", button);
  }

  function putBack(kept) {
    try { localStorage.removeItem(older); } catch { /* It forbids that as well. */ }
    let restored = false;
    const values = new Map();
    for (const [name, value] of kept.typed) values.set(name, [...(values.get(name) || []), value]);
    for (const [name, keys] of values) if (name.endsWith("-key")) takeRow(name.slice(0, -4), keys);
    for (const box of form.elements) {
      if (!box.name || notTyped.has(box.name) || box.type === "hidden") continue;
      const had = values.get(box.name) || [];
      if (box.type === "checkbox" || box.type === "radio") {
        const ticked = had.includes(box.value);
        restored ||= box.checked !== ticked;
        box.checked = ticked;
      } else if (had.length && box.value !== had[0]) {
        box.value = had[0];
        restored = true;
      }
    }
    if (restored) { changed = true; tell(form.dataset.restored); plan(); }
  }

  // The empty row of a list has another key each time the page is opened: it takes that of the one typed into.
  function takeRow(list, keys) {
    const boxes = [...form.querySelectorAll(`[name="${CSS.escape(list)}-key"]`)];
    const fresh = boxes.at(-1);
    const typedInto = keys.at(-1);
    if (!fresh || boxes.some((box) => box.value === typedInto)) return;
    for (const box of form.querySelectorAll(`[name^="${CSS.escape(`${list}-${fresh.value}-`)}"]`))
      box.name = box.name.replace(fresh.value, typedInto);
    fresh.value = typedInto;
  }

  async function save() {
    if (sending || leaving || !changed || hereOnly) return;
    sending = true;
    changed = false;
    under = new AbortController();
    takeTurn();
    const data = new FormData(form);
    data.set("do", "autosave");
    try {
      const answer = await fetch(form.action, { method: "POST", body: data, signal: under.signal, headers: { "X-Requested-With": "fetch" } });
      const saved = await answer.json();
      if (leaving) return;
      if (!answer.ok) return refuse(saved.told);
      form.elements.draft.value = saved.draft;
      form.elements.version.value = saved.version;
      if (saved.told) tell(saved.told, true);
      if (changed) keepHere(); else forgetHere();
    } catch {
      if (leaving) return;
      changed = true;
      keepHere();
      tell(form.dataset.unsaved);
      clearTimeout(timer);
      timer = setTimeout(save, 4 * WAIT);
    } finally {
      sending = false;
    }
    if (changed) plan();
  }

  // Pressing a button helps, or waiting: asking again by itself does not.
  function refuse(why) {
    changed = refused = true;
    keepHere();
    tell(why);
  }

  function plan() {
    clearTimeout(timer);
    if (refused) return;
    timer = setTimeout(save, WAIT);
  }

  form.addEventListener("input", () => { changed = true; keepHere(); plan(); });
  form.addEventListener("submit", () => { leaving = true; clearTimeout(timer); under.abort(); takeTurn(); keepHere(); });
  // Whoever goes back finds the page as it was left, and goes on from there.
  addEventListener("pageshow", (event) => { if (event.persisted) leaving = false; });
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
  restore();
})();
