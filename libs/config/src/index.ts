export { type Environment, loadConfig, printable, settingFile, settingText } from './load-config.js';
export {
  decimal,
  envName,
  flag,
  integer,
  json,
  secret,
  type Setting,
  listSettings,
  text,
} from './setting.js';
export { settingsTable } from './settings-table.js';
export { watchFiles, type WatchFilesOptions } from './watch-files.js';
