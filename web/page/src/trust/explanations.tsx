import './trust.css';
import { Sheet } from '../view/sheet.js';
import { CardText } from './card-text.js';
import { KeysText } from './keys-text.js';
import { closeSheet, explaining } from './sheets.js';
import { TrustText } from './trust-text.js';
import { words } from './words.js';

/** The sheets that explain. */
export function Explanations() {
  const { trust, card, keys, close } = words.value;
  return (
    <>
      <Sheet
        open={explaining.value === 'trust'}
        title={trust.title}
        close={close}
        testId="trust-sheet"
        onClose={closeSheet}
      >
        <TrustText />
      </Sheet>
      <Sheet
        open={explaining.value === 'card'}
        title={card.title}
        close={close}
        testId="card-sheet"
        onClose={closeSheet}
      >
        <CardText />
      </Sheet>
      <Sheet
        open={explaining.value === 'keys'}
        title={keys.title}
        close={close}
        testId="keys-sheet"
        onClose={closeSheet}
      >
        <KeysText />
      </Sheet>
    </>
  );
}
