import { envName, settingFile, settingText, watchFiles } from '@noema/config';
import type { Logger } from '@noema/observability';

export interface FollowOptions<C extends { readonly reloadMs: number }> {
  /** As `loadConfig` returned it. */
  readonly config: C;
  readonly key: keyof C & string;
  readonly logger: Logger;
  /** Gets the value whenever it changes; what it refuses is logged, and the value before stays in use. */
  readonly onChange: (value: string) => void;
}

/**
 * Goes on reading a setting that was given as a file, so that keys change without a restart; returns what
 * ends it. Does nothing for a setting that was not.
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

/** What to do when the certificates of `tlsDir` change into something unusable. */
export const tlsFault =
  (logger: Logger) =>
  (error: unknown): void => {
    logger.error(
      { err: error },
      'the certificates of NOEMA_TLS_DIR cannot be used; those before stay in use until they end',
    );
  };
