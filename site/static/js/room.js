// Says while somebody types how much room a box has left, once it gets narrow. What is too long is kept as typed.
(() => {
  "use strict";
  const TOLD_FROM = 0.8;

  function tell(box) {
    const room = Number(box.dataset.room), left = room - [...box.value.replace(/\r\n/g, "\n")].length;
    let told = box.nextElementSibling;
    if (!told || !("roomTold" in told.dataset)) {
      if (left > room * (1 - TOLD_FROM)) return;
      told = document.createElement("p");
      told.className = "hint";
      told.setAttribute("role", "status");
      told.dataset.roomTold = "";
      box.after(told);
    }
    const words = left < 0 ? box.dataset.roomOver : box.dataset.roomLeft;
    told.classList.toggle("error", left < 0);
    told.textContent = left > room * (1 - TOLD_FROM) ? "" : words.replace("{count}", Math.abs(left));
  }

  document.addEventListener("input", (event) => { if (event.target.dataset && event.target.dataset.room) tell(event.target); });
  for (const box of document.querySelectorAll("[data-room]")) if (box.value) tell(box);
})();
