export const tables = () => [];
