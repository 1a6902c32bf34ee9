import { describeConversations } from "../../testing/conversations/describe-conversations.ts";

/** `npm run test:soak` has many more. */
describeConversations({ chats: 300, answers: 25, chains: 60, seed: 20_261_122 });
