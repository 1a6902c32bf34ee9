import { describeConversations } from "../src/testing/conversations/describe-conversations.ts";

/** Other chats each time: what fails here prints its seed, and becomes a folder of fixtures. */
describeConversations({ chats: 10_000, answers: 400, chains: 400 });
