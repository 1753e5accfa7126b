/** Which lines of a long list are seen. A browser draws nothing higher than some millions of pixels: a longer list is scrolled in larger steps. */
import { type RefObject, useEffect, useLayoutEffect, useState } from "react";

/** Less than any browser's limit. */
const highest = 10_000_000;

export function useRows(scroll: RefObject<HTMLDivElement | null>, count: number, rowHeight: number) {
  const [[top, seen], setView] = useState([0, 600]);
  useEffect(() => {
    const box = scroll.current;
    if (!box) return;
    const look = () => setView([box.scrollTop, box.clientHeight]);
    look();
    box.addEventListener("scroll", look, { passive: true });
    const sizes = new ResizeObserver(look);
    sizes.observe(box);
    return () => {
      box.removeEventListener("scroll", look);
      sizes.disconnect();
    };
  }, [scroll]);
  const whole = count * rowHeight;
  const height = Math.min(whole, highest);
  const hidden = Math.max(0, height - seen);
  // How far the list has gone for each pixel that the bar has.
  const step = hidden > 0 ? Math.max(0, whole - seen) / hidden : 1;
  const above = Math.min(top, hidden) * step;
  const first = Math.max(0, Math.floor(above / rowHeight) - overscan);
  const last = Math.min(count - 1, Math.ceil((above + seen) / rowHeight) + overscan);
  // A list that became shorter is not looked at behind its end.
  useLayoutEffect(() => {
    if (scroll.current && scroll.current.scrollTop > hidden) scroll.current.scrollTop = hidden;
  }, [scroll, hidden]);
  return {
    first,
    last,
    height,
    /** Where a line is drawn. */
    place: (index: number) => Math.min(top, hidden) + index * rowHeight - above,
    show: (index: number) => {
      const box = scroll.current;
      if (!box) return;
      const begin = index * rowHeight;
      if (begin < above) box.scrollTop = begin / step;
      else if (begin + rowHeight > above + seen) box.scrollTop = (begin + rowHeight - seen) / step;
    },
  };
}

const overscan = 15;
