import { Command, Option } from 'commander';
import { type Issue, IssueSchema, IssueState } from '@noema/contracts/noema/quality/v1/issue';
import { IssueCommentSchema } from '@noema/contracts/noema/quality/v1/issue_comment';
import { allPages } from '@noema/kernel';
import type { CommandContext } from './command-context.js';
import { printList, printOne, stateName, when } from './resource-output.js';
import { action } from './runner.js';

interface ListOptions {
  readonly state: 'open' | 'closed' | 'all';
}

interface CreateOptions {
  readonly text: string;
  readonly assignee: string;
  readonly slice?: string;
  readonly testResult?: string;
}

interface CommentOptions {
  readonly mention: readonly string[];
  readonly link: string;
}

export function issuesCommand(): Command {
  const issues = new Command('issues').description('problems of models and of data');
  issues
    .command('list')
    .description('list the issues of the project, the newest first')
    .addOption(
      new Option('--state <state>', 'state of the issues').choices(['open', 'closed', 'all']).default('open'),
    )
    .action(action(list));
  issues
    .command('create <title>')
    .description('create an issue')
    .option('--text <text>', 'text', '')
    .option('--assignee <id>', 'member that works on it', '')
    .addOption(new Option('--slice <id>', 'slice that it is about').conflicts('testResult'))
    .option('--test-result <id>', 'result of a failed test that it is about')
    .action(action(create));
  issues
    .command('close <id>')
    .description('close an issue')
    .action(
      action(async (context: CommandContext, id: string) => {
        const { issues: service } = await context.connect();
        const { issue } = await service.updateIssue({
          issue: { id, state: IssueState.CLOSED },
          updateMask: { paths: ['state'] },
        });
        print(context, issue!);
      }),
    );
  issues
    .command('comment <id> <text>')
    .description('comment on an issue')
    .option('--mention <id...>', 'members that the comment mentions', [])
    .option('--link <path>', 'path of a view of the page', '')
    .action(action(comment));
  issues
    .command('change-comment <comment> <text>')
    .description('change the text of an own comment')
    .action(
      action(async ({ terminal, connect }: CommandContext, id: string, text: string) => {
        const { issueComment } = await (await connect()).issueComments.updateIssueComment({
          issueComment: { id, text },
          updateMask: { paths: ['text'] },
        });
        printOne(terminal, IssueCommentSchema, issueComment!, { id, text: issueComment!.text });
      }),
    );
  return issues;
}

async function list(context: CommandContext, { state }: ListOptions): Promise<void> {
  const noema = await context.connect();
  const projectId = await context.projectId(noema);
  const filter = state === 'all' ? '' : `state = ${state}`;
  const issues = await allPages(
    (pageToken) => noema.issues.listIssues({ projectId, filter, pageSize: 1000, pageToken }),
    (page) => page.issues,
  );
  printList(context.terminal, IssueSchema, issues, [
    { heading: 'ID', value: ({ id }) => id },
    { heading: 'STATE', value: (issue) => stateName(IssueState, issue.state) },
    { heading: 'TITLE', value: ({ displayName, draft }) => (draft ? `${displayName} (draft)` : displayName) },
    { heading: 'CREATED', value: ({ createTime }) => when(createTime) },
  ]);
}

async function create(context: CommandContext, title: string, options: CreateOptions): Promise<void> {
  const noema = await context.connect();
  const { text, assignee: assigneeId, slice, testResult } = options;
  const { issue } = await noema.issues.createIssue({
    projectId: await context.projectId(noema),
    displayName: title,
    text,
    assigneeId,
    ...(slice !== undefined && { subject: { case: 'sliceId', value: slice } }),
    ...(testResult !== undefined && { subject: { case: 'testResultId', value: testResult } }),
  });
  print(context, issue!);
}

async function comment(
  { terminal, connect }: CommandContext,
  issueId: string,
  text: string,
  { mention, link }: CommentOptions,
): Promise<void> {
  const { issueComment } = await (await connect()).issueComments.createIssueComment({
    issueId,
    text,
    link,
    mentionedMemberIds: [...mention],
  });
  printOne(terminal, IssueCommentSchema, issueComment!, { id: issueComment!.id, text: issueComment!.text });
}

const print = ({ terminal }: CommandContext, issue: Issue): void =>
  printOne(terminal, IssueSchema, issue, {
    id: issue.id,
    title: issue.displayName,
    state: stateName(IssueState, issue.state),
  });
