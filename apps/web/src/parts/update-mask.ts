/** Returns the update mask that names the fields of a change: `displayName` is `display_name` in a mask. */
export const toUpdateMask = (change: object): { paths: string[] } => ({
  paths: Object.keys(change).map((name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)),
});
