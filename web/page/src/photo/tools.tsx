import { canRedo, canUndo, redo, specimen, undo } from '../state/specimen.js';
import { openSheet } from '../trust/sheets.js';
import { canSayWhere, inWhere, where } from '../where/hooks.js';
import { CAN_SHARE, copyAnswer, saveAnswer, shareAnswer } from './actions.js';
import { askAboutDraft, askAboutWhole, choosing, stopChoosing } from './region.js';
import { words } from './words.js';

/** Under the photo: ask about a part, take back, take along. */
export function Tools() {
  const said = words.value;
  const state = specimen.value;
  if (state.kind === 'empty' && !canUndo.value && !canRedo.value) return null;
  const done = state.kind === 'done';
  const part = state.kind !== 'empty' && state.region !== null;
  const canAsk = done && canSayWhere();
  return (
    <fieldset class="tools">
      <legend class="unseen">{said.tools}</legend>
      {part && !choosing.value ? (
        <Tool id="whole" text={said.whole} act={askAboutWhole} />
      ) : (
        <Tool
          id="region"
          text={said.region}
          off={!done}
          pressed={choosing.value}
          act={() => {
            choosing.value = !choosing.value;
          }}
        />
      )}
      {done && choosing.value && (
        <>
          <Tool id="ask" text={said.ask} act={() => askAboutDraft(state.result.image)} />
          <Tool id="leave" text={said.leave} act={stopChoosing} />
        </>
      )}
      <Tool
        id="where"
        text={said.where}
        off={!canAsk}
        pressed={Boolean(where.value?.pinned.value)}
        act={() => inWhere((room) => (room.pinned.value ? room.unpin() : room.pinFirst()))}
      />
      <Tool
        id="several"
        text={said.several}
        off={!canAsk}
        pressed={Boolean(where.value?.several.value)}
        act={() => inWhere((room) => room.findSeveral())}
      />
      <Tool id="undo" text={said.undo} off={!canUndo.value} act={undo} />
      {canRedo.value && <Tool id="redo" text={said.redo} act={redo} />}
      <Tool id="copy" text={said.copy} off={!done} act={copyAnswer} />
      {CAN_SHARE && <Tool id="share" text={said.share} off={!done} act={shareAnswer} />}
      <Tool id="save" text={said.save} off={!done} act={saveAnswer} />
      <Tool id="keys" text={said.keys} act={() => openSheet('keys')} />
    </fieldset>
  );
}

interface Props {
  readonly id: string;
  readonly text: string;
  /** Stays in the order of the keyboard, so that the focus is not lost. */
  readonly off?: boolean;
  readonly pressed?: boolean;
  readonly act: () => unknown;
}

function Tool({ id, text, off = false, pressed, act }: Props) {
  return (
    <button
      type="button"
      class={`tool tool-${id}`}
      aria-disabled={off}
      aria-pressed={pressed}
      data-testid={`tool-${id}`}
      onClick={() => {
        if (!off) act();
      }}
    >
      {text}
    </button>
  );
}
