/** The turn of what writes or erases all that is kept. */
export const ALL_KEPT = 'shiwu.backup';

/**
 * Does something that only one tab may do at a time: it waits until no other does. `waiting` is told when it has
 * to. The browser passes the turn on when the tab that has it is closed. `act` hears whether it had to wait.
 */
export async function inTurn(
  name: string,
  signal: AbortSignal,
  waiting: () => void,
  act: (waited: boolean) => Promise<void>,
): Promise<void> {
  const { locks } = navigator;
  // Lacking without https: then every tab for itself.
  if (!locks) return act(false);
  const free = await locks.request(name, { ifAvailable: true }, async (lock) => {
    if (lock && !signal.aborted) await act(false);
    return lock !== null;
  });
  if (free || signal.aborted) return;
  waiting();
  await locks.request(name, { signal }, async () => {
    if (!signal.aborted) await act(true);
  });
}
