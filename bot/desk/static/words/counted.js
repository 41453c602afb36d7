/** "1 day", "2 days". */
export const many = (count, one, more) => `${count} ${count === 1 ? one : more}`;
