// Columns are used in a circle, the one that leaves the lens as the one that comes; their elements stand in the order of time, for
// those who hear them one by one.

/** Put an element before another one, without losing the keyboard where browsers know how. @param {any} element @param {Node | null} before */
function move(element, before) {
  const host = element.parentNode;
  if (host.moveBefore) host.moveBefore(element, before);
  else host.insertBefore(element, before);
}

/** A function that lets the elements of a ring begin with one of them. @returns {(ring: {element: HTMLElement}[], wanted: number) => void} */
export function createTurn() {
  let first = 0;
  return (ring, wanted) => {
    const at = (/** @type {number} */ place) => ring[(place + ring.length) % ring.length].element;
    while (first !== wanted) {
      const forward = (wanted - first + ring.length) % ring.length <= ring.length / 2;
      if (forward) move(at(first), at(first - 1).nextSibling);
      else move(at(first - 1), at(first));
      first = (first + (forward ? 1 : ring.length - 1)) % ring.length;
    }
  };
}
