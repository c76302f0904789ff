'use strict';
const dialog = document.querySelector('dialog');
const [target, other] = dialog.querySelectorAll('figure');

function fill(figure, image, caption) {
  figure.hidden = !image;
  if (!image) return;
  figure.querySelector('img').src = image.src;
  figure.querySelector('figcaption').textContent = caption;
}

document.querySelectorAll('.tile').forEach(tile => tile.addEventListener('click', () => {
  const column = tile.closest('td').cellIndex;
  const top = tile.closest('tbody').rows[0].cells[column];
  const name = tile.closest('table').tHead.rows[0].cells[column].title;
  const isTarget = tile.closest('td') === top;
  fill(target, top.querySelector('img'), `target ${name}`);
  fill(other, isTarget ? null : tile.querySelector('img'), `${tile.closest('tr').cells[0].textContent}: ${tile.title}`);
  dialog.showModal();
}));

dialog.addEventListener('click', event => {
  if (event.target === dialog || event.target.tagName === 'BUTTON') dialog.close();
});
