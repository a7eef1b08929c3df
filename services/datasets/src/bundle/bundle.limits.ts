/** Maximum size of an uploaded bundle. */
export const MAX_BUNDLE_BYTES = 8 * 2 ** 20;
/** All files of a bundle, unpacked. */
export const MAX_UNPACKED_BYTES = 64 * 2 ** 20;
/** Files and folders of a bundle. */
export const MAX_ENTRIES = 2_000;
/** How many times larger a bundle may become by unpacking, once it is beyond `RATIO_FROM_BYTES`. */
export const MAX_RATIO = 100;
export const RATIO_FROM_BYTES = 2 ** 20;
