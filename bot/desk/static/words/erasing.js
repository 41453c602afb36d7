// Erasing a customer.
const many = (count, one, more) => `${count} ${count === 1 ? one : more}`;
export const erasing = {
  erase: "Erase this customer",
  erase_title: "Erase this customer",
  erase_intro: "It cannot be undone.",
  erase_reach: (cases, chats, records) => `${many(cases.length, "case", "cases")} (${cases.join(", ")}) in ${many(chats, "chat", "chats")}: ${records} records go or lose their words.`,
  erase_shared: (count) => `${many(count, "of these chats is", "of these chats are")} about another customer's order, too: their words there go with them.`,
  erase_naming: (count) => `${many(count, "of these chats only gives", "of these chats only give")} their e-mail or phone, and nothing was proven there.`,
  erase_others: (refs) => `Left alone, since they are another customer's, though they name this one: ${refs.join(", ")}.`,
  erase_stays: "References, dates, remedies, payments and what was learned stay, without the person.",
  erase_open: (refs) => `Still open: ${refs.join(", ")}`,
  erase_also_open: "End what is open; the chat says so",
  erase_confirm: (ref) => `Type ${ref}`,
  erase_done: "The customer is erased.",
};
