/** How a picture is seen that can be enlarged: by which factor, and how far it is off the middle, in pixels of the page. */
export interface View {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export interface At {
  readonly x: number;
  readonly y: number;
}

export const WHOLE: View = { scale: 1, x: 0, y: 0 };

/** Eight screen pixels for one of the picture's are enough to see that there is no more. */
const MOST = 8;

/** The frame that the picture fills at scale 1. */
export interface Frame {
  readonly width: number;
  readonly height: number;
}

/** Enlarged by a factor; what is at `about`, counted from the frame's middle, stays there. */
export function zoomed(view: View, by: number, about: At, frame: Frame): View {
  const scale = Math.min(MOST, Math.max(1, view.scale * by));
  const ratio = scale / view.scale;
  return kept(
    {
      scale,
      x: about.x - (about.x - view.x) * ratio,
      y: about.y - (about.y - view.y) * ratio,
    },
    frame,
  );
}

export function panned(view: View, by: At, frame: Frame): View {
  return kept({ ...view, x: view.x + by.x, y: view.y + by.y }, frame);
}

/** No further than its edges. */
function kept({ scale, x, y }: View, { width, height }: Frame): View {
  if (scale === 1) return WHOLE;
  const within = (value: number, length: number) => {
    const most = (length * (scale - 1)) / 2;
    return Math.min(most, Math.max(-most, value));
  };
  return { scale, x: within(x, width), y: within(y, height) };
}

/** Two fingers, before and now: what lay between them lies between them still. */
export function pinched(
  view: View,
  before: readonly [At, At],
  now: readonly [At, At],
  frame: Frame,
): View {
  const middle = ([a, b]: readonly [At, At]) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
  const apart = ([a, b]: readonly [At, At]) => Math.hypot(a.x - b.x, a.y - b.y);
  const from = middle(before);
  const to = middle(now);
  const larger = zoomed(view, apart(now) / Math.max(1, apart(before)), from, frame);
  return panned(larger, { x: to.x - from.x, y: to.y - from.y }, frame);
}
