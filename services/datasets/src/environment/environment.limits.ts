/** Wheels of one environment. */
export const MAX_WHEELS = 200;
/** One wheel, packed; it is held in memory while it is unpacked. */
export const MAX_WHEEL_BYTES = 128 * 2 ** 20;
/** All wheels of an environment, packed. */
export const MAX_PACKED_BYTES = 256 * 2 ** 20;
/** All files of an environment, unpacked. */
export const MAX_ENVIRONMENT_BYTES = 768 * 2 ** 20;
/** Files and folders of an environment. */
export const MAX_ENVIRONMENT_FILES = 40_000;
/** Parts that a wheel is sent in; in base64 one stays below the largest body of the gateway. */
export const WHEEL_PART_BYTES = 4 * 2 ** 20;
