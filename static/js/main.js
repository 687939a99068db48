// The entry of every page: each behaviour attaches itself by data attributes. One line each.
// @ts-check
export {};
