// Messaging channels: what became of a message there, and whether words can be sent now. `channel` is its name in plain words.
const WHYS = { stopped: "the customer wants no messages there", window_closed: "the customer's last message is too long ago" };
const why = (said) => (said ? `: ${WHYS[said] ?? said}` : "");

export const channels = {
  public_message: "Public: everybody can read it",
  public_read: "Read and post",
  public_title: "Post this public answer",
  public_intro: "Everybody can read it, under what the customer wrote. Nothing in it may say who they are or what they ordered.",
  public_words: "What everybody reads",
  public_post: "Post it",
  public_posted: "It is being posted.",
  public_leave: "Leave it unsaid",
  public_leave_title: "Say nothing in public",
  public_leave_intro: "Nothing is posted. The customer still has their private answer.",
  public_left: "Nothing is posted in public.",
  to_them_alone: "What you send here goes to the customer alone.",
  not_arrived: (said) => `Did not arrive${why(said)}`,
  not_through: (said) => `Not through yet, it is tried again${why(said)}`,
  waits_for_them: "Waits until they write",
  waits_and_told: "Waits until they write; a fixed message told them",
  alert_why: (said) => WHYS[said] ?? said,
  not_set_up: (channel) => `${channel} is not set up here any more, so nothing goes out. Call, or write a letter from the case.`,
  they_stopped: (channel, at) => `The customer has wanted no messages on ${channel} since ${at}, or blocked us. What you send does not arrive: call them, or use the e-mail address of the order. When they write again, you can answer here.`,
  they_must_start: (channel, at) => `The customer has wanted no messages on ${channel} since ${at}. What you send does not arrive until they write START there: call them, or use the e-mail address of the order.`,
  window_open: (channel, at, left) => `${channel} takes your words for another ${left}, until ${at}.`,
  window_shut: (channel, at) => `${channel} takes no words of ours now: ${at ? `the customer's last message came ${at}` : "it says that the customer wrote too long ago"}. What you send waits, and goes out when they write again.`,
  shut_told: (at) => `A fixed message told them ${at} that something waits for them.`,
  shut_will_tell: "The approved fixed message tells them that something waits for them.",
  shut_silent: "They do not hear of it, since no approved message is set up: where it cannot wait, call them or use the e-mail address of the order.",
};
