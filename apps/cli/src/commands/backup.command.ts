import { Command } from 'commander';
import { backUp, type BackupManifest, restore } from '@noema/standalone';
import type { CommandContext } from './command-context.js';
import { action } from './runner.js';
import { withClusterFlag } from './up.command.js';

export function backupCommand(): Command {
  return withClusterFlag(new Command('backup')).description('save the data directory, also while its platform runs').requiredOption('--to <directory>', 'an empty directory, or one that does not exist')
    .action(action(async ({ terminal, directory }: CommandContext, { to }: { readonly to: string }) => {
      const saved = await backUp(directory, to);
      terminal.document(saved);
      terminal.line(`saved ${size(saved)} of ${directory.path} into ${to}`);
      terminal.note('it holds every secret of the platform: keep it as safe as the platform, and elsewhere');
    }));
}

export function restoreCommand(): Command {
  return withClusterFlag(new Command('restore')).description('make a data directory of a backup; every file is compared with its hash').requiredOption('--from <directory>', 'what "noema backup" made')
    .action(action(async ({ terminal, directory }: CommandContext, { from }: { readonly from: string }) => {
      const restored = await restore(from, directory);
      terminal.document(restored);
      terminal.line(`restored ${size(restored)} of ${restored.createTime.slice(0, 19).replace('T', ' ')} into ${directory.path}; start it with "noema up", then see "noema verify"`);
    }));
}

const size = ({ files, sizeBytes }: BackupManifest): string => `${files} files, ${(sizeBytes / 1e6).toFixed(1)} MB`;
