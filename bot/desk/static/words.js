// Everything the desk says, in English, by where it is said; no word stands in two of these. Nothing here is said to a customer.
import { alerts } from "./words/alerts.js";
import { board } from "./words/board.js";
import { casePane } from "./words/case_pane.js";
import { channels } from "./words/channels.js";
import { chatDeeds } from "./words/chat_deeds.js";
import { composer } from "./words/composer.js";
import { erasing } from "./words/erasing.js";
import { keys } from "./words/keys.js";
import { learning } from "./words/learning.js";
import { page } from "./words/page.js";
import { queue } from "./words/queue.js";
import { records } from "./words/records.js";
import { remedies } from "./words/remedies.js";
import { review } from "./words/review.js";
import { settings } from "./words/settings.js";
import { thread } from "./words/thread.js";

export const W = { ...alerts, ...board, ...casePane, ...channels, ...chatDeeds, ...composer, ...erasing, ...keys, ...learning, ...page, ...queue, ...records, ...remedies, ...review, ...settings, ...thread };
