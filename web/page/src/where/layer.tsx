import { useLayoutEffect, useRef } from 'preact/hooks';
import type { ClassMaps, Prediction } from 'shiwu';
import { percent } from '../answer/format.js';
import { labelIn } from '../answer/sentence.js';
import { classifierForPhoto } from '../state/classifier.js';
import { language } from '../state/language.js';
import { examine, specimen } from '../state/specimen.js';
import { isOfModel } from './hooks.js';
import { asked, comparing, hovered, maps, mark, pinned, pointed, unpin } from './state.js';
import { words } from './words.js';

/** Over the photo, exactly; `scale` is how large its pixels are on the page. */
export function Layer({ scale }: { scale: number }) {
  const state = specimen.value;
  if (state.kind !== 'done') return null;
  const shown = hovered.value ?? pinned.value;
  const box = pointed.value?.region;
  return (
    <>
      {shown && maps.value && (
        <Look maps={maps.value} of={shown} rival={rivalOf(shown)} scale={scale} />
      )}
      {box && (
        <span
          class="where-box"
          data-testid="where-box"
          style={{
            left: `${box.x * scale}px`,
            top: `${box.y * scale}px`,
            width: `${box.width * scale}px`,
            height: `${box.height * scale}px`,
          }}
        />
      )}
      {mark.value && (
        <span
          class="where-mark"
          aria-hidden="true"
          style={{ left: `${mark.value.x * scale}px`, top: `${mark.value.y * scale}px` }}
        />
      )}
      <Here scale={scale} />
    </>
  );
}

/** What it is held against: the first label, and of the first the second. */
function rivalOf(shown: Prediction): Prediction | null {
  const state = specimen.value;
  if (state.kind !== 'done') return null;
  return (
    state.result.predictions.filter(isOfModel).find(({ index }) => index !== shown.index) ?? null
  );
}

interface LookProps {
  readonly maps: ClassMaps;
  readonly of: Prediction;
  readonly rival: Prediction | null;
  readonly scale: number;
}

function Look({ maps: { region, ...all }, of, rival: other, scale }: LookProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const against = comparing.value && pinned.value?.index === of.index ? other : null;
  const said = words.value;
  const name = labelIn(of, language.value);
  const otherName = other && labelIn(other, language.value);

  useLayoutEffect(() => {
    let gone = false;
    void classifierForPhoto()
      .then((classifier) =>
        classifier.paintMap(
          { ...all, region },
          { of: of.index, ...(against && { against: against.index }) },
        ),
      )
      .then(({ data, width, height }) => {
        const to = canvas.current;
        if (gone || !to) return;
        to.width = width;
        to.height = height;
        to.getContext('2d')?.putImageData(new ImageData(data, width, height), 0, 0);
        to.dataset.painted = `${of.id}${against ? ` ${against.id}` : ''}`;
      })
      .catch(() => {
        // Another photo is on the table by now, or its model has gone.
      });
    return () => {
      gone = true;
    };
  }, [all.values, of.index, against?.index]);

  const place = {
    left: `${region.x * scale}px`,
    top: `${region.y * scale}px`,
    width: `${region.width * scale}px`,
    height: `${region.height * scale}px`,
  };
  return (
    <>
      <div class="where-clip">
        <div class="where-map" style={place}>
          <canvas
            ref={canvas}
            role="img"
            aria-label={said.mapOf(name)}
            data-testid="where-map"
            data-scale={against ? 'berlin' : 'inferno'}
          />
        </div>
      </div>
      <div class="where-bar" data-testid="where-bar">
        <span>{against && otherName ? said.contrast(name, otherName) : said.lookedAt(name)}</span>
        {pinned.value?.index === of.index && (
          <span class="where-acts">
            {otherName && (
              <button
                type="button"
                class="where-act"
                data-testid="where-not"
                aria-pressed={comparing.value}
                onClick={() => {
                  comparing.value = !comparing.value;
                }}
              >
                {comparing.value ? said.back : said.whyNot(otherName)}
              </button>
            )}
            <Close id="where-close" act={unpin} />
          </span>
        )}
      </div>
    </>
  );
}

/** The answer at a tapped point. */
function Here({ scale }: { scale: number }) {
  const about = asked.value;
  const said = words.value;
  const name = about?.answer && labelIn(about.answer, language.value);
  return (
    <>
      {about && (
        <span
          class="where-point"
          aria-hidden="true"
          style={{ left: `${about.at.x * scale}px`, top: `${about.at.y * scale}px` }}
        />
      )}
      {about?.region && (
        <span
          class="where-box where-box-soft"
          aria-hidden="true"
          style={{
            left: `${about.region.x * scale}px`,
            top: `${about.region.y * scale}px`,
            width: `${about.region.width * scale}px`,
            height: `${about.region.height * scale}px`,
          }}
        />
      )}
      <div
        class="where-here"
        role="status"
        data-testid="where-here"
        data-refined={about?.refined}
        data-class-id={about?.answer?.id}
        hidden={!about}
      >
        {about && (
          <>
            <span>
              {about.answer && name
                ? said.here(name, percent(about.answer.score))
                : about.region
                  ? said.nothing
                  : said.looking}
            </span>
            {!about.refined && about.answer && <span class="where-soft">{said.looking}</span>}
            {about.refined && about.region && (
              <button
                type="button"
                class="where-act"
                data-testid="where-closer"
                onClick={() => {
                  const state = specimen.value;
                  if (state.kind === 'done' && about.region) examine(state.photo, about.region);
                }}
              >
                {said.closer}
              </button>
            )}
            <Close
              id="where-done"
              act={() => {
                asked.value = null;
              }}
            />
          </>
        )}
      </div>
    </>
  );
}

function Close({ id, act }: { id: string; act: () => void }) {
  return (
    <button
      type="button"
      class="where-act where-close"
      aria-label={words.value.close}
      data-testid={id}
      onClick={act}
    >
      ×
    </button>
  );
}
