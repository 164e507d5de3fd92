// Counts the characters of a notice while it is typed, as the server does.
'use strict';
const line = document.querySelector('[data-most]');
const told = document.getElementById('line-count');
if (line && told) {
  const most = Number(line.dataset.most);
  const count = () => {
    const characters = [...line.value.trim().replace(/\s+/gu, ' ')].length;
    told.textContent = `${characters} / ${most} ${told.dataset.words}`;
    told.classList.toggle('field-wrong', characters > most);
  };
  told.hidden = false;
  line.addEventListener('input', count);
  count();
}
