/** Entry of the page: one worker client, one workbench, one app. */
import { createClient } from '../worker/client.js';
import './app.js';
import { Workbench } from './workbench.js';

const workbench = new Workbench(createClient());
const app = document.createElement('tw-app');
app.workbench = workbench;
document.body.prepend(app);
void workbench.start();
