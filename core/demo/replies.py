"""What is said next: a verdict after a review, an answer to a request, a remark on two statements.

Each block belongs to one class, in the order of the labels. A reply opens with a word that
sums it up. Only unlabelled reading is made with them. CC0.
"""

RATINGS = (("bad", "poor", "awful"), ("good", "great", "excellent"))
SUBJECTS: tuple[tuple[str, ...], ...] = (("refund", "money"), ("delivery", "parcel"), ("booking", "date"))
SUBJECTS += (("error", "help"), ("bill", "payment"), ("goodbye", "leaving"))
AGREEMENT = (("no", "different"), ("yes", "same"))

VERDICTS = (
    (
        "{I was|we were} {disappointed|annoyed|bored|glad when it was over}.",
        "{one star|two stars} out of five{, no more|}.",
        "I {would not|will not|would never} {recommend it|do it again|come again|pay for it again}.",
        "{what a waste of money|what a shame|never again|a mistake|save your money|stay away}.",
        "it was {bad|poor|awful|terrible|a disappointment}, {not good|sad to say|and I am being kind}.",
        "{I did not like it|I disliked it|I regret it|I was not happy with it}.",
    ),
    (
        "{I was|we were} {delighted|happy|impressed|sorry when it was over}.",
        "{five stars|four stars} out of five{, no less|}.",
        "I {would|will|would gladly} {recommend it|do it again|come again|pay for it again}.",
        "{worth every penny|what a treat|more of this, please|a hit|do not miss it|go for it}.",
        "it was {good|great|excellent|wonderful|a success}, {not bad|happy to say|and I am hard to please}.",
        "{I liked it|I loved it|I do not regret it|I was very happy with it}.",
    ),
)

ANSWERS = (
    (
        "{we have|I have} {refunded|paid back} the money{ to your card|}.",
        "your refund {is on its way|will take five days}.",
        "please send it back, and you will get {your money back|a refund}.",
        "{sorry about that|I understand}. We will refund you {today|in full}.",
        "here is the label for returning it. The refund follows.",
        "a refund goes back to the card or account that you paid with.",
        "we do not give cash, but we can return the {amount|money} to your bank.",
        "as the {product|article} was faulty, you will be reimbursed.",
        "you have thirty days to return things that you do not like.",
        "please put the damaged {article|product} back in its box. We pay the postage and return the money.",
        "the payment for your return left us {today|on Monday}; the bank needs some days.",
        "since we cancelled, you get back all that you paid.",
    ),
    (
        "the parcel {is on its way|is at the depot|left our warehouse today}.",
        "{our|the} driver will deliver it {tomorrow|today|in two days}.",
        "here is the tracking link for your order.",
        "the courier is running late. Your delivery {comes|will come} tomorrow.",
        "I have asked the carrier where your parcel is.",
        "the van broke down, so your parcel {comes|arrives} a day late.",
        "the courier left a card: you can collect the parcel at the post office.",
        "it was handed to a neighbour, as you were out.",
        "your order left the warehouse {this morning|yesterday} and is with the driver.",
        "a parcel that is lost for ten days is sent again.",
        "if nobody is at home, the driver {tries again|leaves it at the shop}.",
        "the second half of your order is being packed and will be shipped {tomorrow|today}.",
        "we have told the driver to use the new address.",
    ),
    (
        "I have {changed|moved} your {booking|reservation}{ to the new date|}.",
        "{that day|the new date} is still free. Shall I change the booking?",
        "your booking has been {changed|updated|moved}.",
        "there is room for one more. I have added it to your reservation.",
        "here is the new confirmation of your booking, with the new date.",
        "we can move you to the {early|late} one on the same day.",
        "the room is free that week, so you can come {later|earlier}.",
        "we have put the name right on your reservation.",
        "you can switch to another date until the day before.",
        "two more guests are fine. We have reserved a bigger {room|table}.",
        "your new seat is by the window.",
        "we have made it a day {longer|shorter}, as you wished.",
    ),
    (
        "please {update|reinstall|restart} the app and {try|log in} again.",
        "our engineers are {working on|looking into} the {error|problem}.",
        "try another browser, or {reset|restart} your {phone|computer}.",
        "I have sent you a new link for the password.",
        "this is a known error. It will be fixed with the next update.",
        "please clear the cache, then sign in with the new password.",
        "the login code may be in your spam folder.",
        "the newest version of the app repairs this fault.",
        "the server was down this morning; the page should load again.",
        "turn the device off and on, and then connect it again.",
        "please send us a picture of the screen with the message.",
        "use capital letters in the form, then it is accepted.",
    ),
    (
        "{here is|I have sent you} a {corrected|new} {invoice|bill}.",
        "the charge is for {last month|delivery|the tax}.",
        "you were charged {twice|too much}. The next invoice will be lower.",
        "I have changed the payment details on your account.",
        "I have looked at your bill: the amount is correct.",
        "the second line of the invoice is the tax.",
        "we have put your company's name on the receipt.",
        "from next month on we will charge the new card.",
        "the price went up in January, as we wrote in our letter.",
        "the sum on your statement is for two orders.",
        "you need not pay the reminder; your payment has come in.",
        "please find the receipt with the right date attached.",
    ),
    (
        "your {account|subscription|membership} has been {closed|cancelled|ended}.",
        "we are sorry to see you go. Your contract ends {today|this month}.",
        "I have cancelled it; you will not hear from us again.",
        "all your data has been deleted. Goodbye!",
        "{it ends|your plan ends} at the end of the month. We hope you come back.",
        "you can leave at the end of any month; no reason is needed.",
        "we have received your notice. Your membership will not be renewed.",
        "your profile and your data have been erased.",
        "you are no longer a member, and nothing more will be charged.",
        "we have taken you off our list. All the best!",
        "to end the contract, we need a short letter with your signature.",
        "as you wish, we have shut your account.",
    ),
)

REMARKS = (
    (
        "{that is not the same|that is something else|that is different|one of them is wrong}.",
        "{both can't be true|they differ|that does not follow|not the same thing at all}.",
    ),
    (
        "{that is the same|exactly|it means the same|that is just what I said}.",
        "{you can say it either way|they agree|that follows|the same thing in other words}.",
    ),
)
