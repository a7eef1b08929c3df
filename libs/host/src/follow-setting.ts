import { envName, settingFile, settingText, watchFiles } from '@noema/config';
import type { Logger } from '@noema/observability';

export interface FollowOptions<C extends { readonly reloadMs: number }> {
  /** As `loadConfig` returned it. */
  readonly config: C;
  readonly key: keyof C & string;
  readonly logger: Logger;
  /**
   * Called with the new value after each change. If it throws, the error is logged and the previous value
   * stays in use.
   */
  readonly onChange: (value: string) => void;
}

/**
 * Watches a setting that came from a file, so that keys change without a restart. Returns the function that
 * stops it. Has no effect on a setting that did not come from a file.
 */
export function followSetting<C extends { readonly reloadMs: number }>({
  config,
  key,
  logger,
  onChange,
}: FollowOptions<C>): () => void {
  const file = settingFile(config, key);
  if (file === undefined) return () => undefined;
  return watchFiles([file], {
    everyMs: config.reloadMs,
    onChange: ([text = '']) => {
      onChange(settingText(text));
    },
    onFault: (error) => {
      logger.error(
        { setting: `${envName(key)}_FILE`, file, err: error },
        'a setting that changed cannot be used; the value before stays in use',
      );
    },
  });
}

/** Handles certificates of `tlsDir` that become unusable. */
export const tlsFault =
  (logger: Logger) =>
  (error: unknown): void => {
    logger.error(
      { err: error },
      'the certificates of NOEMA_TLS_DIR cannot be used; those before stay in use until they end',
    );
  };
