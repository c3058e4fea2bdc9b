-- Trigram index over message text: finds parts of words, and Chinese and Japanese, from three characters on.
-- Contentless, since the text already lies in `message`; rowid = hb_message.seq.
CREATE VIRTUAL TABLE `hb_message_fts` USING fts5(`text`, tokenize='trigram remove_diacritics 1', content='', contentless_delete=1);
