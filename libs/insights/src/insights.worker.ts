import { serveTasks } from '@noema/threads';
import { copyTasks } from './kinds/duplicates/copy-tasks.js';
import { probeTasks } from './mislabelled/probe-tasks.js';

serveTasks({ ...copyTasks, ...probeTasks });
