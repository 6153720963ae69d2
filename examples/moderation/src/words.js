// What codes are called.

export const KINDS = {
  report: "Reports",
  ai_generated: "Made by a machine?",
  fingerprint_match: "Sounds like another",
  strikes: "Strikes",
  appeal: "Appeal",
};

/** Where the words of something stand in its row. */
export const ABOUT = ["title", "name", "body", "bio", "description", "display_name"];

export function titleOf(item) {
  const whose = item.subject ? ` by ${item.subject.display_name}` : "";
  if (item.kind === "appeal") return item.subject ? `Appeal of ${item.subject.display_name}` : "Appeal";
  if (item.target_kind === "profile") return item.subject ? `Profile of ${item.subject.display_name}` : "Profile";
  return `${item.target_kind[0].toUpperCase()}${item.target_kind.slice(1)}${whose}`;
}

/** What was imposed on somebody, and for how long: "Banned until …" is said with the date beside. */
export const SANCTIONS = { warn: "Warning", mute: "Mute", ban: "Ban" };

/** Each action: what the button says, and what comes of it. */
export const ACTIONS = {
  dismiss: ["Dismiss", "Nothing is wrong with it. What was withheld for its reports is shown again."],
  hide: ["Hide", "Only its author and the staff see it. It can be shown again."],
  delete: ["Delete", "It is gone for good. Tracks, and products that were sold, are hidden for good instead."],
  warn: ["Warn", "They are told, with your note. It holds nothing back."],
  mute: ["Mute", "They can write nothing anywhere, until then."],
  ban: ["Ban", "They can still read, and do nothing else, until then."],
  remove_dj: ["Take off the decks", "They are no DJ in this room any more."],
  clear_queue: ["Clear the queue", "What they have queued in this room is gone."],
  clear_reactions: ["Clear reactions", "All reactions to it are gone."],
  kick_from_room: ["Put out of the room", "With an end they are kept out until then; without one they may come back."],
};

export const LASTING = ["mute", "ban", "kick_from_room"];

/** The actions that something can meet with; the database has the last word. */
export function fitting(item) {
  const fits = {
    delete: item.target_kind !== "profile",
    remove_dj: item.room_id,
    clear_queue: item.room_id,
    clear_reactions: ["comment", "message"].includes(item.target_kind),
    kick_from_room: item.room_id && item.target_kind !== "room" && item.subject,
    warn: item.subject,
    mute: item.subject,
    ban: item.subject,
  };
  return Object.keys(ACTIONS).filter((action) => !(action in fits) || fits[action]);
}
