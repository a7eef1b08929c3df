import { Command } from 'commander';
import { backUp, type BackupManifest, lostArtifacts, restore, verifyPlatform } from '@noema/standalone';
import type { CommandContext } from './command-context.js';
import { action } from './runner.js';
import { withClusterFlag } from './up.command.js';

export function backupCommand(): Command {
  return withClusterFlag(new Command('backup'))
    .description('save the data directory, even while its platform is running')
    .requiredOption('--to <directory>', 'an empty directory, or one that does not exist')
    .action(
      action(async ({ terminal, directory }: CommandContext, { to }: { readonly to: string }) => {
        const saved = await backUp(directory, to);
        const lost = saved.running
          ? lostArtifacts(await verifyPlatform(directory, { reads: false }))
          : undefined;
        terminal.document({ ...saved, ...(saved.running && { lost: lost ?? '' }) });
        terminal.line(`saved ${size(saved)} of ${directory.path} into ${to}`);
        if (lost !== undefined) terminal.note(`the backup is not whole: ${lost}; "noema verify" lists them`);
        else if (!saved.running)
          terminal.note(
            'nothing runs, so the database was not compared with the store; do so with "noema verify" ' +
              'when it runs',
          );
        terminal.note(
          'it holds every secret of the platform: keep it as safe as the platform, and elsewhere',
        );
      }),
    );
}

export function restoreCommand(): Command {
  return withClusterFlag(new Command('restore'))
    .description('create a data directory from a backup; checks the hash of every file')
    .requiredOption('--from <directory>', 'what "noema backup" made')
    .action(
      action(async ({ terminal, directory }: CommandContext, { from }: { readonly from: string }) => {
        const restored = await restore(from, directory);
        terminal.document(restored);
        terminal.line(
          `restored ${size(restored)} of ${restored.createTime.slice(0, 19).replace('T', ' ')} into ` +
            `${directory.path}; start it with "noema up", then see "noema verify"`,
        );
      }),
    );
}

const size = ({ files, sizeBytes }: BackupManifest): string =>
  `${files} files, ${(sizeBytes / 1e6).toFixed(1)} MB`;
