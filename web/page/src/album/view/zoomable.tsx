import { useEffect, useRef, useState } from 'preact/hooks';
import { Picture } from '../../view/picture.js';
import { type At, panned, pinched, type View, WHOLE, zoomed } from './zoom.js';

interface Props {
  readonly of: Blob;
  readonly alt: string;
  readonly onError: () => void;
  /** Swept aside: to the next photo (1) or the one before (-1). */
  readonly onSwipe: (by: 1 | -1) => void;
}

/** Enlarged by a double tap or click. */
const TWICE = 2.5;
/** Of the frame's width: swept so far, another photo comes. */
const FAR = 0.2;
/** Pixels a millisecond: or so fast. */
const FAST = 0.4;
/** Pixels a touch may stray, and milliseconds between two that are one double tap. */
const STRAY = 10;
const DOUBLE_MS = 320;

interface Finger {
  readonly start: At;
  readonly since: number;
  at: At;
}

/** A photo that fingers sweep aside and pinch, and that a double tap or click enlarges; by keys `+`, `-` and `0`. */
export function Zoomable({ of, alt, onError, onSwipe }: Props) {
  const frame = useRef<HTMLElement>(null);
  const fingers = useRef(new Map<number, Finger>());
  const lastTap = useRef<{ at: At; when: number } | null>(null);
  const [view, setView] = useState<View>(WHOLE);
  /** How far it is swept aside. */
  const [aside, sweep] = useState(0);
  const [held, hold] = useState(false);
  const now = useRef(view);
  const show = (next: View) => {
    now.current = next;
    setView(next);
  };

  const box = () => frame.current?.getBoundingClientRect() ?? new DOMRect(0, 0, 1, 1);
  /** From the frame's middle. */
  const at = ({ clientX, clientY }: MouseEvent): At => {
    const { left, top, width, height } = box();
    return { x: clientX - left - width / 2, y: clientY - top - height / 2 };
  };
  const toggle = (about: At) =>
    show(now.current.scale > 1 ? WHOLE : zoomed(now.current, TWICE, about, box()));

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target instanceof HTMLInputElement) return;
      const factor = { '+': 1.5, '=': 1.5, '-': 1 / 1.5 }[event.key];
      if (factor) show(zoomed(now.current, factor, { x: 0, y: 0 }, box()));
      else if (event.key === '0') show(WHOLE);
    };
    // A wheel with Ctrl, which is how touchpads report a pinch, must not enlarge the page.
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      show(zoomed(now.current, Math.exp(-event.deltaY / 200), at(event), box()));
    };
    const { current } = frame;
    window.addEventListener('keydown', onKey);
    current?.addEventListener('wheel', onWheel, { passive: false });
    return () => {
      window.removeEventListener('keydown', onKey);
      current?.removeEventListener('wheel', onWheel);
    };
  }, []);

  const onMove = (event: PointerEvent) => {
    const finger = fingers.current.get(event.pointerId);
    if (!finger) return;
    const before = finger.at;
    const there = at(event);
    const other = [...fingers.current.values()].find((one) => one !== finger);
    finger.at = there;
    if (other) {
      sweep(0);
      show(pinched(now.current, [before, other.at], [there, other.at], box()));
    } else if (now.current.scale > 1) {
      show(panned(now.current, { x: there.x - before.x, y: there.y - before.y }, box()));
    } else if (event.pointerType !== 'mouse') {
      sweep(there.x - finger.start.x);
    }
  };
  const onUp = (event: PointerEvent) => {
    const finger = fingers.current.get(event.pointerId);
    fingers.current.delete(event.pointerId);
    if (!finger || fingers.current.size > 0) return;
    hold(false);
    const by = { x: finger.at.x - finger.start.x, y: finger.at.y - finger.start.y };
    const tapped = Math.hypot(by.x, by.y) < STRAY;
    if (tapped) tap(finger.at, event.timeStamp);
    const swept = aside;
    sweep(0);
    if (swept === 0 || now.current.scale > 1) return;
    const fast = Math.abs(swept) / Math.max(1, event.timeStamp - finger.since) > FAST;
    const far = Math.abs(swept) > FAR * box().width;
    if (!tapped && (fast || far)) onSwipe(swept < 0 ? 1 : -1);
  };
  const tap = (where: At, when: number) => {
    const last = lastTap.current;
    const twice =
      last &&
      when - last.when < DOUBLE_MS &&
      Math.hypot(where.x - last.at.x, where.y - last.at.y) < 3 * STRAY;
    lastTap.current = twice ? null : { at: where, when };
    if (twice) toggle(where);
  };

  return (
    <figure
      ref={frame}
      class="zoomable"
      data-held={held}
      data-zoomed={view.scale > 1}
      data-testid="zoomable"
      onPointerDown={(event) => {
        if (event.button !== 0 || fingers.current.size === 2) return;
        // What is captured is not dragged away as a file.
        if (event.pointerType === 'mouse') event.preventDefault();
        frame.current?.setPointerCapture(event.pointerId);
        const start = at(event);
        fingers.current.set(event.pointerId, { start, at: start, since: event.timeStamp });
        hold(true);
      }}
      onPointerMove={onMove}
      onPointerUp={onUp}
      onPointerCancel={(event) => {
        fingers.current.delete(event.pointerId);
        sweep(0);
        hold(fingers.current.size > 0);
      }}
    >
      <Picture
        of={of}
        alt={alt}
        onError={onError}
        draggable={false}
        style={{
          transform: `translate(${view.x + aside}px, ${view.y}px) scale(${view.scale})`,
        }}
        data-scale={view.scale.toFixed(2)}
        data-testid="photo-large"
      />
    </figure>
  );
}
