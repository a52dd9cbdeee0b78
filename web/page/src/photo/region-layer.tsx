import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Region } from 'shiwu';
import { specimen } from '../state/specimen.js';
import { canSayWhere, inWhere, where } from '../where/hooks.js';
import { askAbout, choosing, clamp, type Size, stopChoosing } from './region.js';
import { words } from './words.js';

/** Lies over the photo, exactly; boxes are drawn on it. `size` is the upright photo in pixels. */
export function RegionLayer({ size }: { size: Size }) {
  const layer = useRef<HTMLDivElement>(null);
  const stage = useStageSize(layer);
  const [draft, setDraft] = useState<Region | null>(null);
  /** Where the pointer went down, and which one it was: a second finger draws no box. */
  const from = useRef<{ x: number; y: number; pointer: number } | null>(null);
  /** Whether the click to come ends a box. */
  const drawn = useRef(false);
  const state = specimen.value;
  const asked = state.kind === 'empty' ? null : state.region;

  useLayoutEffect(() => {
    if (!choosing.value) {
      setDraft(null);
      return;
    }
    setDraft({
      x: size.width / 4,
      y: size.height / 4,
      width: size.width / 2,
      height: size.height / 2,
    });
    layer.current?.focus();
  }, [choosing.value, size.width, size.height]);

  const scale = Math.min(stage.width / size.width, stage.height / size.height);
  const width = size.width * scale;
  const height = size.height * scale;
  const at = (event: MouseEvent) => {
    const box = layer.current?.getBoundingClientRect();
    return {
      x: clamp((event.clientX - (box?.left ?? 0)) / scale, 0, size.width),
      y: clamp((event.clientY - (box?.top ?? 0)) / scale, 0, size.height),
    };
  };
  const box = draft ?? asked;
  const points = canSayWhere();
  const room = where.value;
  return (
    <div
      ref={layer}
      class="region-layer"
      role="application"
      aria-label={
        choosing.value
          ? words.value.regionKeys
          : points
            ? words.value.pointKeys
            : words.value.regionHint
      }
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
        if (event.button !== 0 || from.current || event.target !== event.currentTarget) return;
        drawn.current = false;
        if (event.pointerType === 'touch' && !choosing.value) return;
        event.preventDefault();
        layer.current?.setPointerCapture(event.pointerId);
        from.current = { ...at(event), pointer: event.pointerId };
      }}
      onPointerMove={(event) => {
        if (from.current?.pointer !== event.pointerId) return;
        setDraft(between(from.current, at(event)));
      }}
      onPointerUp={(event) => {
        if (from.current?.pointer !== event.pointerId) return;
        const wanted = between(from.current, at(event));
        from.current = null;
        setDraft(null);
        // A mere click is no box: it asks about its point.
        drawn.current = Math.max(wanted.width, wanted.height) * scale > 4 || choosing.value;
        if (drawn.current) askAbout(wanted, size);
      }}
      onClick={(event) => {
        if (drawn.current || choosing.value || !points) return;
        if (event.target === event.currentTarget) void inWhere(({ tap }) => tap(at(event)));
      }}
      onFocus={() => {
        if (points && !choosing.value) void inWhere(() => {});
      }}
      onPointerCancel={() => {
        from.current = null;
        setDraft(null);
      }}
      onKeyDown={(event) => {
        if (!choosing.value) room?.steer(event, size);
        if (!choosing.value || !draft) return;
        if (event.key === 'Escape') stopChoosing();
        else if (event.key === 'Enter') askAbout(draft, size);
        else {
          const next = moved(draft, event, size);
          if (!next) return;
          setDraft(next);
        }
        event.preventDefault();
      }}
    >
      {box && (
        <span
          class="region-box"
          data-testid="region-box"
          style={{
            left: `${box.x * scale}px`,
            top: `${box.y * scale}px`,
            width: `${box.width * scale}px`,
            height: `${box.height * scale}px`,
          }}
        />
      )}
      {room && <room.Layer scale={scale} />}
      {choosing.value && <span class="region-hint">{words.value.regionHint}</span>}
    </div>
  );
}

function between(a: { x: number; y: number }, b: { x: number; y: number }): Region {
  return {
    x: Math.min(a.x, b.x),
    y: Math.min(a.y, b.y),
    width: Math.abs(a.x - b.x),
    height: Math.abs(a.y - b.y),
  };
}

/** A twentieth of the photo a press. */
const STEP = 1 / 20;
const DIRECTIONS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

function moved(box: Region, event: KeyboardEvent, { width, height }: Size): Region | null {
  const direction = DIRECTIONS[event.key];
  if (!direction) return null;
  const dx = direction[0] * width * STEP;
  const dy = direction[1] * height * STEP;
  if (event.shiftKey) {
    return {
      ...box,
      width: clamp(box.width + dx, width * STEP, width - box.x),
      height: clamp(box.height + dy, height * STEP, height - box.y),
    };
  }
  return {
    ...box,
    x: clamp(box.x + dx, 0, width - box.width),
    y: clamp(box.y + dy, 0, height - box.height),
  };
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
