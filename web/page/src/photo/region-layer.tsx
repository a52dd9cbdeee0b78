import './region.css';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Region } from 'shiwu';
import { specimen } from '../state/specimen.js';
import { canSayWhere, inWhere, where } from '../where/hooks.js';
import { type At, centred, drawn, GRIPS, type Grip, keyed, type Part, preset } from './box.js';
import {
  askAbout,
  askAboutDraft,
  choosing,
  clamp,
  draft,
  type Size,
  stopChoosing,
} from './region.js';
import { words } from './words.js';

/** Pixels of the page that a pointer may stray and still have tapped. */
const STRAY = 4;

/** A mouse hits what it means: from this near, in pixels of the page, it takes hold of an edge. A finger's grips are larger. */
const MOUSE_REACH = 6;

interface Drag {
  /** Which pointer: a second finger draws no box. */
  readonly pointer: number;
  readonly part: Part;
  readonly from: At;
  /** The box before. */
  readonly box: Region | null;
  moved: boolean;
}

/** Lies over the photo, exactly; boxes are drawn on it. `size` is the upright photo in pixels. */
export function RegionLayer({ size }: { size: Size }) {
  const layer = useRef<HTMLDivElement>(null);
  const stage = useStageSize(layer);
  const drag = useRef<Drag | null>(null);
  /** Whether the click to come ends a drag, and so is no question about a point. */
  const dragged = useRef(false);
  /** The box in words, after a key has changed it. */
  const [told, tell] = useState('');
  const state = specimen.value;
  const asked = state.kind === 'empty' ? null : state.region;

  useLayoutEffect(() => {
    drag.current = null;
    draft.value = choosing.value ? (asked ?? preset(size)) : null;
    tell('');
    if (choosing.value) layer.current?.focus();
  }, [choosing.value, size.width, size.height]);
  // With its photo a box that was being chosen goes too.
  useEffect(
    () => () => {
      choosing.value = false;
    },
    [],
  );
  useKeysAnywhere(layer, size);

  const scale = Math.min(stage.width / size.width, stage.height / size.height);
  const width = size.width * scale;
  const height = size.height * scale;
  const at = (event: MouseEvent): At => {
    const box = layer.current?.getBoundingClientRect();
    return {
      x: clamp((event.clientX - (box?.left ?? 0)) / scale, 0, size.width),
      y: clamp((event.clientY - (box?.top ?? 0)) / scale, 0, size.height),
    };
  };
  const letGo = () => {
    draft.value = choosing.value ? (drag.current?.box ?? preset(size)) : null;
    drag.current = null;
  };

  const box = draft.value ?? asked;
  const meant = (event: PointerEvent, { x, y }: At): Part | null => {
    const part = partAt(event.target, layer.current);
    if (!box || !part || part === 'photo' || part === 'box') return part;
    const right = box.x + box.width;
    const bottom = box.y + box.height;
    const outside = Math.max(box.x - x, x - right, box.y - y, y - bottom) * scale;
    const inside = Math.min(x - box.x, right - x, y - box.y, bottom - y) * scale;
    if (event.pointerType !== 'mouse' || Math.max(outside, inside) <= MOUSE_REACH) return part;
    return outside > 0 ? 'photo' : 'box';
  };
  const points = canSayWhere();
  const room = where.value;
  const said = words.value;
  return (
    <div
      ref={layer}
      class="region-layer"
      role="application"
      aria-label={choosing.value ? said.regionKeys : points ? said.pointKeys : said.drawHint}
      tabIndex={choosing.value || points ? 0 : -1}
      data-choosing={choosing.value}
      data-testid="region-layer"
      style={{
        width: `${width}px`,
        height: `${height}px`,
        left: `${(stage.width - width) / 2}px`,
        top: `${(stage.height - height) / 2}px`,
      }}
      onPointerDown={(event) => {
        const part = meant(event, at(event));
        if (event.button !== 0 || drag.current || !part) return;
        dragged.current = false;
        // By finger the page is scrolled, unless a box is being chosen or a grip was meant.
        const scrolls = part === 'photo' || part === 'box';
        if (event.pointerType === 'touch' && !choosing.value && scrolls) return;
        event.preventDefault();
        if (choosing.value) layer.current?.focus({ preventScroll: true });
        layer.current?.setPointerCapture(event.pointerId);
        drag.current = { pointer: event.pointerId, part, from: at(event), box, moved: false };
      }}
      onPointerMove={(event) => {
        const held = drag.current;
        if (held?.pointer !== event.pointerId) return;
        const to = at(event);
        held.moved ||= Math.hypot(to.x - held.from.x, to.y - held.from.y) * scale > STRAY;
        if (held.moved) {
          draft.value = drawn(held.box ?? preset(size), held.part, held.from, to, size);
        }
      }}
      onPointerUp={(event) => {
        const held = drag.current;
        if (held?.pointer !== event.pointerId) return;
        const to = at(event);
        dragged.current = held.moved || choosing.value;
        if (held.moved && (held.part === 'photo' || !choosing.value)) {
          const wanted = drawn(held.box ?? preset(size), held.part, held.from, to, size);
          // What is refused leaves the box as it was.
          letGo();
          askAbout(wanted, size);
        } else if (!held.moved && choosing.value && draft.value) {
          drag.current = null;
          if (held.part === 'box') askAbout(draft.value, size);
          else if (held.part === 'photo') draft.value = centred(draft.value, to, size);
        }
        drag.current = null;
      }}
      onPointerCancel={letGo}
      onClick={(event) => {
        if (dragged.current || choosing.value || !points) return;
        const part = partAt(event.target, event.currentTarget);
        if (part === 'photo' || part === 'box') void inWhere(({ tap }) => tap(at(event)));
      }}
      onFocus={() => {
        if (points && !choosing.value) void inWhere(() => {});
      }}
      onKeyDown={(event) => {
        if (!choosing.value) room?.steer(event, size);
        if (!choosing.value || !draft.value) return;
        const part = partAt(event.target, event.currentTarget) ?? 'box';
        const next = keyed(draft.value, event, part, size);
        if (!next) return;
        draft.value = next;
        tell(said.boxIs(...shares(next, size)));
        event.preventDefault();
      }}
    >
      {box && <Box box={box} scale={scale} />}
      {room && <room.Layer scale={scale} />}
      {choosing.value && <span class="region-hint">{said.regionHint}</span>}
      {choosing.value && (
        <span class="unseen" role="status" data-testid="region-told">
          {told}
        </span>
      )}
    </div>
  );
}

/** What a pointer or the focus is on; null: something that lies over the photo. */
function partAt(target: EventTarget | null, layer: HTMLElement | null): Part | null {
  if (target === layer) return 'photo';
  const part = target instanceof HTMLElement && target.dataset.part;
  return part ? (part as Part) : null;
}

/** Left, top, width, height, in hundredths of the photo. */
function shares(box: Region, { width, height }: Size): [number, number, number, number] {
  const hundredths = (part: number, whole: number) => Math.round((100 * part) / whole);
  return [
    hundredths(box.x, width),
    hundredths(box.y, height),
    hundredths(box.width, width),
    hundredths(box.height, height),
  ];
}

/** Clear, with the rest of the photo dimmed, and something to take hold of at each corner and edge. */
function Box({ box, scale }: { box: Region; scale: number }) {
  const place = {
    left: `${box.x * scale}px`,
    top: `${box.y * scale}px`,
    width: `${box.width * scale}px`,
    height: `${box.height * scale}px`,
    // Of a small box the grips leave the middle free, by which it is moved.
    '--grip': `${clamp((Math.min(box.width, box.height) * scale) / 2, 24, 44)}px`,
  };
  return (
    <>
      <span class="region-dim" aria-hidden="true">
        <span class="region-clear" style={place} />
      </span>
      <span class="region-box" data-part="box" data-testid="region-box" style={place}>
        {GRIPS.map((grip) => (
          <GripOf key={grip} grip={grip} />
        ))}
      </span>
    </>
  );
}

/** The corners can be reached by keyboard, while a box is being chosen. */
function GripOf({ grip }: { grip: Grip }) {
  const corner = grip.length === 2;
  if (!corner) return <span class="region-grip" data-part={grip} />;
  const reach = choosing.value
    ? { tabIndex: 0, 'aria-label': words.value.corners[grip as keyof typeof words.value.corners] }
    : { tabIndex: -1, 'aria-hidden': true as const };
  return (
    <button
      type="button"
      class="region-grip region-corner"
      data-part={grip}
      data-testid={`grip-${grip}`}
      {...reach}
    />
  );
}

/** While a box is being chosen, Enter asks and Escape leaves it, wherever the focus went. */
function useKeysAnywhere(layer: { readonly current: HTMLElement | null }, size: Size): void {
  useEffect(() => {
    if (!choosing.value) return;
    const onKey = (event: KeyboardEvent) => {
      if (document.querySelector('dialog[open]')) return;
      const { target } = event;
      const here = target === document.body || layer.current?.contains(target as Node);
      if (event.key === 'Escape') stopChoosing();
      else if (event.key === 'Enter' && here) askAboutDraft(size);
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [choosing.value, size.width, size.height]);
}

/** Of the box around the layer, in pixels of the page. */
function useStageSize(layer: { readonly current: HTMLElement | null }): Size {
  const [size, setSize] = useState<Size>({ width: 1, height: 1 });
  useLayoutEffect(() => {
    const stage = layer.current?.parentElement;
    if (!stage) return;
    const measure = () => setSize({ width: stage.clientWidth, height: stage.clientHeight });
    // At once: a box drawn before the observer has spoken must count.
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(stage);
    return () => observer.disconnect();
  }, [layer]);
  return size;
}
