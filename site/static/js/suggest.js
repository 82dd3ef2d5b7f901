// Suggestions under a search box: the combobox pattern of ARIA 1.2. Without this file the box is a plain form.
(() => {
  "use strict";
  const WAIT = 120;

  function enhance(input) {
    const list = document.createElement("ul");
    const status = document.createElement("p");
    list.id = input.id + "-list";
    list.className = "suggestions";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", input.dataset.suggestLabel);
    list.hidden = true;
    status.className = "vh";
    status.setAttribute("role", "status");
    input.form.append(list, status);
    for (const [name, value] of Object.entries({
      role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
    })) input.setAttribute(name, value);

    let timer = 0, asking = null, shown = [], chosen = -1;

    function close() {
      choose(-1);
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
    }

    // What was offered belongs to what was typed before.
    function empty() {
      close();
      shown = [];
      list.replaceChildren();
    }

    function forget() {
      clearTimeout(timer);
      if (asking) asking.abort();
      asking = null;
    }

    function choose(number) {
      const options = list.children;
      options[chosen]?.setAttribute("aria-selected", "false");
      chosen = number;
      if (chosen < 0) return input.removeAttribute("aria-activedescendant");
      options[chosen].setAttribute("aria-selected", "true");
      options[chosen].scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", options[chosen].id);
    }

    function show(answer) {
      shown = answer.suggestions;
      list.replaceChildren(...shown.map((each, number) => {
        const option = document.createElement("li");
        const label = document.createElement("span");
        const note = document.createElement("span");
        option.id = list.id + "-" + number;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        label.textContent = each.label;
        note.textContent = each.note;
        note.className = "meta";
        option.append(label, " ", note);
        // On press, since the box loses its focus before a click is one.
        option.addEventListener("mousedown", event => event.preventDefault());
        option.addEventListener("click", () => { location.href = each.url; });
        return option;
      }));
      chosen = -1;
      input.removeAttribute("aria-activedescendant");
      list.hidden = !shown.length;
      input.setAttribute("aria-expanded", String(Boolean(shown.length)));
      status.textContent = answer.told;
    }

    // One request at a time: typing on ends the one that is under way.
    async function ask() {
      const typed = input.value.trim();
      if (typed.length < 2) { status.textContent = ""; return empty(); }
      const mine = asking = new AbortController();
      try {
        const address = input.dataset.suggest + "?" + new URLSearchParams({ q: typed });
        const response = await fetch(address, { signal: mine.signal });
        if (response.ok && asking === mine) show(await response.json());
      } catch (error) {
        if (asking === mine) empty();
      } finally {
        if (asking === mine) asking = null;
      }
    }

    input.addEventListener("input", () => { forget(); choose(-1); timer = setTimeout(ask, WAIT); });
    input.addEventListener("blur", () => { forget(); close(); });
    input.form.addEventListener("submit", () => { forget(); close(); });
    input.addEventListener("keydown", event => {
      if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
      const last = shown.length - 1;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        if (list.hidden) {
          if (!shown.length || event.key === "ArrowUp") return;
          list.hidden = false;
          input.setAttribute("aria-expanded", "true");
        }
        const down = event.key === "ArrowDown";
        choose(down ? (chosen < last ? chosen + 1 : -1) : (chosen < 0 ? last : chosen - 1));
        event.preventDefault();
      } else if (event.key === "Escape" && !list.hidden) {
        close();
        event.preventDefault();
      } else if (event.key === "Enter" && chosen >= 0 && !list.hidden) {
        location.href = shown[chosen].url;
        event.preventDefault();
      }
    });
  }

  const enhanceAll = within => within.querySelectorAll("input[data-suggest]:not([role])").forEach(enhance);
  enhanceAll(document);
  document.addEventListener("htmx:load", event => enhanceAll(event.detail.elt));
})();
