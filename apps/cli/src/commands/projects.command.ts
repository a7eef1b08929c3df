import { Command } from 'commander';
import { ProjectSchema } from '@noema/contracts/noema/workspace/v1/project';
import type { CommandContext } from './command-context.js';
import { printList, printOne, when } from './resource-output.js';
import { action } from './runner.js';

export function projectsCommand(): Command {
  const projects = new Command('projects').description('projects of the team');
  projects
    .command('list')
    .description('list the projects')
    .action(
      action(async ({ terminal, connect }: CommandContext) => {
        const { projects: rows } = await (await connect()).projects.listProjects({ pageSize: 1000 });
        printList(terminal, ProjectSchema, rows, [
          { heading: 'ID', value: (p) => p.id },
          { heading: 'NAME', value: (p) => p.displayName },
          { heading: 'CREATED', value: (p) => when(p.createTime) },
        ]);
      }),
    );
  projects
    .command('create <name>')
    .description('create a project')
    .option('--description <text>', 'description for readers', '')
    .action(
      action(
        async (
          { terminal, connect }: CommandContext,
          name: string,
          { description }: { description: string },
        ) => {
          const { project } = await (await connect()).projects.createProject({
            displayName: name,
            description,
          });
          printOne(terminal, ProjectSchema, project!, { id: project!.id, name: project!.displayName });
        },
      ),
    );
  return projects;
}
