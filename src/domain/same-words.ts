/**
 * Words that people use for one another when they ask about what an organisation has written down. Short and general: it is no
 * thesaurus, and every group would hold in any company's documents.
 */
export const SAME_WORDS = `
vacation holiday leave
refund reimburse repay
illness sick ill sickness
salary wage pay income
fee cost price charge rate
employee staff worker personnel
quit resign leave
terminate cancel end
termination cancellation
phone telephone mobile
laptop computer notebook
pay paid payable payment
purchase buy bought order
send sent
keep kept
tell told notify inform
lose lost
sell sold
customer client buyer
begin start commence
end finish expire
deadline limit
retain keep store retention
delete erase remove destroy
repair fix mend
broken faulty defective damaged
cap limit limited maximum
liable liability
secret confidential confidentiality
breach incident violation
boss manager lead supervisor
home remote remotely homeoffice
course training education learning
bonus supplement premium
overtime extra
ship shipping deliver delivery send
warranty guarantee
law governed jurisdiction
insure insurance insured coverage
visitor guest
password passphrase
mfa multi-factor two-factor 2fa
birth born baby newborn
death die died bereavement
wedding marriage marry married
train rail railway
car vehicle
hotel accommodation lodging
money cash amount
yearly annual annually
monthly month
weekly week
daily day
contact reach email e-mail
owner responsible owned
allowed permitted may
forbidden prohibited
euro euros eur
percent percentage
`;

/** Words that fit any question and any answer. */
export const GENERIC_WORDS = `
many much long often far soon old big large high quickly fast get give take have need want make let know say mean use happen allow permit possible
able entitle entitled require required apply exactly currently usually generally company organisation organization firm employee people person someone anyone somebody everyone
thing way kind type sort time amount please explain describe list show find information detail document handbook
question answer summarize summarise summary overview mention state clause section receive offer provide set do go one ask must
`;
