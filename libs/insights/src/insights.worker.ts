import { serveTasks } from '@noema/threads';
import { copyTasks } from './kinds/duplicates/copy-tasks.js';

serveTasks(copyTasks);
