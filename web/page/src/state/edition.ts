/**
 * Whether this is shiwu.html: the page in one file, opened from a disk. It can fetch nothing, so it
 * offers nothing that is not inside.
 */
export const inOneFile = import.meta.env.MODE === 'single';
