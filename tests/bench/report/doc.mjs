export const writeDoc = () => {};
