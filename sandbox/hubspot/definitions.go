package hubspot

// definitions lists the fields of an object type, one per line: name|type|fieldType|group|flags|options|label.
// Names, types, options and flags are HubSpot's own; ro marks values only HubSpot sets, calc those it calculates.
func definitions(k kind) string {
	switch k {
	case contacts:
		return contactDefinitions
	case companies:
		return companyDefinitions
	case deals:
		return dealDefinitions
	case calls:
		return callDefinitions + engagementDefinitions
	case emails:
		return emailDefinitions + engagementDefinitions
	case meetings:
		return meetingDefinitions + engagementDefinitions
	case notes:
		return noteDefinitions + engagementDefinitions
	case tasks:
		return taskDefinitions + engagementDefinitions
	default:
		return communicationDefinitions + engagementDefinitions
	}
}

const contactDefinitions = `
email|string|text|contactinformation|uniq form||Email
firstname|string|text|contactinformation|form||First Name
lastname|string|text|contactinformation|form||Last Name
company|string|text|contactinformation|form||Company Name
jobtitle|string|text|contactinformation|form||Job Title
phone|string|phonenumber|contactinformation|form||Phone Number
mobilephone|string|phonenumber|contactinformation|form||Mobile Phone Number
website|string|text|contactinformation|form||Website URL
industry|string|text|contactinformation|form||Industry
annualrevenue|string|text|contactinformation|form||Annual Revenue
country|string|text|contactinformation|form||Country/Region
city|string|text|contactinformation|form||City
state|string|text|contactinformation|form||State/Region
zip|string|text|contactinformation|form||Postal Code
hs_language|enumeration|select|contactinformation||fr=French;en=English;de=German;es=Spanish|Preferred language
hs_email_open|number|number|emailinformation|ro||Marketing emails opened
hs_email_click|number|number|emailinformation|ro||Marketing emails clicked
hs_email_delivered|number|number|emailinformation|ro||Marketing emails delivered
hs_email_bounce|number|number|emailinformation|ro||Marketing emails bounced
hs_email_replied|number|number|emailinformation|ro||Marketing emails replied
hs_email_first_open_date|datetime|date|emailinformation|ro||First marketing email open date
hs_email_last_open_date|datetime|date|emailinformation|ro||Last marketing email open date
hs_email_last_click_date|datetime|date|emailinformation|ro||Last marketing email click date
hs_email_last_send_date|datetime|date|emailinformation|ro||Last marketing email send date
hs_email_last_reply_date|datetime|date|emailinformation|ro||Last marketing email reply date
hs_email_sends_since_last_engagement|number|number|emailinformation|ro||Sends Since Last Engagement
hs_email_optout|bool|booleancheckbox|emailinformation|ro|@bool|Unsubscribed from all email
hs_email_is_ineligible|bool|booleancheckbox|emailinformation|ro hidden|@bool|Is globally ineligible
hs_email_hard_bounce_reason_enum|enumeration|radio|emailinformation|ro|BLOCKED;CONTENT;MAILBOX_FULL;OTHER;SPAM;UNKNOWN_USER|Email hard bounce reason
hs_email_quarantined|bool|booleancheckbox|emailinformation|ro|@bool|Email Address Quarantined
hs_email_domain|string|text|contactinformation|calc||Email Domain
hs_analytics_num_page_views|number|number|analyticsinformation|ro||Number of Pageviews
hs_analytics_num_visits|number|number|analyticsinformation|ro||Number of Sessions
hs_analytics_num_event_completions|number|number|analyticsinformation|ro||Number of event completions
hs_analytics_average_page_views|number|number|analyticsinformation|ro||Average Pageviews
hs_analytics_first_timestamp|datetime|date|analyticsinformation|ro||Time First Seen
hs_analytics_last_timestamp|datetime|date|analyticsinformation|ro||Time Last Seen
hs_analytics_last_visit_timestamp|datetime|date|analyticsinformation|ro||Time of Last Session
hs_analytics_last_url|string|text|analyticsinformation|ro||Last Page Seen
hs_analytics_source|enumeration|select|analyticsinformation||@source|Original Traffic Source
hs_latest_source|enumeration|select|analyticsinformation||@source|Latest Traffic Source
num_conversion_events|number|number|conversioninformation|calc||Number of Form Submissions
num_unique_conversion_events|number|number|conversioninformation|calc||Number of Unique Forms Submitted
first_conversion_date|datetime|date|contact_activity|calc||First Conversion Date
first_conversion_event_name|string|text|contact_activity|calc||First Conversion
recent_conversion_date|datetime|date|conversioninformation|calc||Recent Conversion Date
recent_conversion_event_name|string|text|conversioninformation|calc||Recent Conversion
lifecyclestage|enumeration|radio|contactinformation|ext|@lifecycle|Lifecycle Stage
hs_lead_status|enumeration|radio|sales_properties||NEW=New;OPEN=Open;IN_PROGRESS=In Progress;OPEN_DEAL=Open Deal;UNQUALIFIED=Unqualified;ATTEMPTED_TO_CONTACT=Attempted to Contact;CONNECTED=Connected;BAD_TIMING=Bad Timing|Lead Status
hubspot_owner_id|enumeration|select|sales_properties|ext||Contact owner
notes_last_contacted|datetime|date|contact_activity|ro||Last Contacted
notes_last_updated|datetime|date|contact_activity|ro||Last Activity Date
notes_next_activity_date|datetime|date|contact_activity|ro||Next Activity Date
num_contacted_notes|number|number|contact_activity|ro||Number of times contacted
num_notes|number|number|contact_activity|ro||Number of Sales Activities
hs_last_sales_activity_timestamp|datetime|date|contact_activity|ro||Last Engagement Date
hs_last_sales_activity_type|enumeration|select|contactinformation|ro hidden|CALL;EMAIL_CLICK;EMAIL_OPEN;EMAIL_REPLY;FORM_SUBMITTED;MEETING_BOOKED;PAGE_VISITED;TASK|Last Engagement Type
hs_sales_email_last_opened|datetime|date|contact_activity|ro||Recent Sales Email Opened Date
hs_sales_email_last_clicked|datetime|date|contact_activity|ro||Recent Sales Email Clicked Date
hs_sales_email_last_replied|datetime|date|contact_activity|ro||Recent Sales Email Replied Date
engagements_last_meeting_booked|datetime|date|contact_activity|ro||Date of last meeting booked in meetings tool
hs_latest_meeting_activity|datetime|date|contactinformation|ro hidden||Latest meeting activity
hs_v2_date_entered_subscriber|datetime|date|contactlcs|ro||Date entered "Subscriber (Lifecycle Stage Pipeline)"
hs_v2_date_entered_lead|datetime|date|contactlcs|ro||Date entered "Lead (Lifecycle Stage Pipeline)"
hs_v2_date_entered_marketingqualifiedlead|datetime|date|contactlcs|ro||Date entered "Marketing Qualified Lead (Lifecycle Stage Pipeline)"
hs_v2_date_entered_salesqualifiedlead|datetime|date|contactlcs|ro||Date entered "Sales Qualified Lead (Lifecycle Stage Pipeline)"
hs_v2_date_entered_opportunity|datetime|date|contactlcs|ro||Date entered "Opportunity (Lifecycle Stage Pipeline)"
hs_v2_date_entered_customer|datetime|date|contactlcs|ro||Date entered "Customer (Lifecycle Stage Pipeline)"
hs_merged_object_ids|enumeration|checkbox|contactinformation|ro||Merged Contact IDs
hs_calculated_merged_vids|enumeration|select|contactinformation|calc hidden||Merged vids with timestamps of a contact
hs_all_contact_vids|enumeration|select|contactinformation|calc hidden||All vids for a contact
hs_object_id|number|number|contactinformation|ro||Record ID
lastmodifieddate|datetime|date|contactinformation|ro||Last Modified Date
createdate|datetime|date|contactinformation|ro||Create Date
num_associated_deals|number|calculation_rollup|deal_information|ro||Number of Associated Deals
associatedcompanyid|number|number|contactinformation|hidden||Primary Associated Company ID
hubspotscore|number|calculation_score|sales_properties|ro||HubSpot Score
hs_predictivecontactscore_v2|number|number|contact_activity|ro||Likelihood to close
hs_predictivescoringtier|enumeration|radio|contact_activity|ro|tier_1=Very High;tier_2=High;tier_3=Medium;tier_4=Low;tier_5=Very Low|Contact priority
hs_marketable_status|enumeration|booleancheckbox|contactinformation|ro|@bool|Marketing contact status
hs_legal_basis|enumeration|checkbox|emailinformation||Legitimate interest – prospect/lead;Legitimate interest – existing customer;Legitimate interest - other;Performance of a contract;Freely given consent from contact;Not applicable|Legal basis for processing contact's data
hs_object_source_label|enumeration|select|contactinformation|ro|CRM_UI;IMPORT;INTEGRATION;FORM;API;EMAIL|Record source
hs_object_source|string|text|contactinformation|ro hidden||Record creation source
hs_buying_role|enumeration|checkbox|deal_information||BLOCKER=Blocker;BUDGET_HOLDER=Budget Holder;CHAMPION=Champion;DECISION_MAKER=Decision Maker;END_USER=End User;EXECUTIVE_SPONSOR=Executive Sponsor;INFLUENCER=Influencer;LEGAL_AND_COMPLIANCE=Legal & Compliance;OTHER=Other|Buying Role
hs_seniority|enumeration|select|contactinformation||vp=VP;director=Director;manager=Manager;owner=Owner;partner=Partner;senior=Senior;entry=Entry;executive=Executive;employee=Employee|Employment Seniority
closedate|datetime|date|deal_information|||Close Date
days_to_close|number|number|deal_information|calc||Days To Close
total_revenue|number|number|deal_information|ro||Total Revenue
recent_deal_amount|number|number|deal_information|ro||Recent Deal Amount
recent_deal_close_date|datetime|date|deal_information|ro||Recent Deal Close Date
`

const companyDefinitions = `
name|string|text|companyinformation|form||Company name
domain|string|text|companyinformation|form||Company Domain Name
description|string|textarea|companyinformation|form||Description
phone|string|phonenumber|companyinformation|form||Phone Number
website|string|text|companyinformation|form||Website URL
industry|enumeration|select|companyinformation|form|@industry|Industry
numberofemployees|number|number|companyinformation|form||Number of Employees
annualrevenue|number|number|companyinformation|form||Annual Revenue
country|string|text|companyinformation|form||Country/Region
city|string|text|companyinformation|form||City
state|string|text|companyinformation|form||State/Region
zip|string|text|companyinformation|form||Postal Code
founded_year|string|text|companyinformation|form||Year Founded
type|enumeration|radio|companyinformation||PROSPECT=Prospect;PARTNER=Partner;RESELLER=Reseller;VENDOR=Vendor;OTHER=Other|Type
lifecyclestage|enumeration|radio|companyinformation|ext|@lifecycle|Lifecycle Stage
hubspot_owner_id|enumeration|select|companyinformation|ext||Company owner
is_public|bool|booleancheckbox|companyinformation||@bool|Is Public
hs_analytics_num_page_views|number|number|analyticsinformation|ro||Number of Pageviews
hs_analytics_num_visits|number|number|analyticsinformation|ro||Number of Sessions
num_associated_contacts|number|calculation_rollup|companyinformation|ro||Number of Associated Contacts
num_associated_deals|number|calculation_rollup|companyinformation|ro||Number of Associated Deals
notes_last_contacted|datetime|date|companyinformation|ro||Last Contacted
hs_merged_object_ids|enumeration|checkbox|companyinformation|ro||Merged Company IDs
hs_object_id|number|number|companyinformation|ro||Record ID
hs_lastmodifieddate|datetime|date|companyinformation|ro||Last Modified Date
createdate|datetime|date|companyinformation|ro||Create Date
`

const dealDefinitions = `
dealname|string|text|dealinformation|form||Deal Name
amount|number|number|dealinformation|form||Amount
deal_currency_code|enumeration|select|dealinformation||EUR=EUR;USD=USD;GBP=GBP;CHF=CHF|Currency
dealstage|enumeration|radio|dealinformation|ext|@dealstage|Deal Stage
pipeline|enumeration|select|dealinformation|ext|default=Sales Pipeline|Pipeline
dealtype|enumeration|radio|dealinformation||newbusiness=New Business;existingbusiness=Existing Business|Deal Type
closedate|datetime|date|dealinformation|form||Close Date
closed_lost_reason|string|textarea|dealinformation|form||Closed Lost Reason
hubspot_owner_id|enumeration|select|dealinformation|ext||Deal owner
hs_is_closed|bool|calculation_equation|dealinformation|ro|@bool|Is Deal Closed?
hs_is_closed_won|bool|calculation_equation|dealinformation|ro|@bool|Is Closed Won
hs_deal_stage_probability|number|number|dealinformation|||Deal probability
num_associated_contacts|number|calculation_rollup|dealinformation|ro||Number of Associated Contacts
hs_merged_object_ids|enumeration|checkbox|dealinformation|ro||Merged Deal IDs
hs_object_id|number|number|dealinformation|ro||Record ID
hs_lastmodifieddate|datetime|date|dealinformation|ro||Last Modified Date
hs_createdate|datetime|date|dealinformation|ro hidden||HubSpot Create Date
createdate|datetime|date|dealinformation|ro||Create Date
`

const engagementDefinitions = `
hs_timestamp|datetime|date|engagement|||Activity date
hubspot_owner_id|enumeration|select|engagement|ext||Activity assigned to
hs_activity_type|string|text|engagement|||Type of activity
hs_attachment_ids|enumeration|checkbox|engagement|ext||Attached file IDs
hs_merged_object_ids|enumeration|checkbox|engagement|ro||Merged record IDs
hs_object_id|number|number|engagement|ro||Record ID
hs_lastmodifieddate|datetime|date|engagement|ro||Last modified date
hs_createdate|datetime|date|engagement|ro||Create date
`

const callDefinitions = `
hs_call_title|string|text|call|||Call Title
hs_call_body|string|textarea|call|||Call notes
hs_call_direction|enumeration|select|call||INBOUND=Inbound;OUTBOUND=Outbound|Call direction
hs_call_duration|number|number|call|||Call duration
hs_call_disposition|enumeration|select|call|ext|@disposition|Call outcome
hs_call_status|enumeration|select|call||BUSY;CALLING_CRM_USER;CANCELED;COMPLETED;CONNECTING;FAILED;IN_PROGRESS;NO_ANSWER;QUEUED;RINGING|Call status
`

const emailDefinitions = `
hs_email_subject|string|text|email|||Email subject
hs_email_text|string|textarea|email|||Email body
hs_email_direction|enumeration|select|email||EMAIL=Outgoing Email;INCOMING_EMAIL=Incoming Email;FORWARDED_EMAIL=Logged Email|Email direction
hs_email_status|enumeration|select|email||BOUNCED;FAILED;SCHEDULED;SENDING;SENT|Email send status
`

const meetingDefinitions = `
hs_meeting_title|string|text|meeting|||Meeting name
hs_meeting_body|string|textarea|meeting|||Meeting description
hs_meeting_location|string|text|meeting|||Location
hs_meeting_start_time|datetime|date|meeting|||Meeting start time
hs_meeting_end_time|datetime|date|meeting|||Meeting end time
hs_meeting_outcome|enumeration|select|meeting|ext|SCHEDULED=Scheduled;COMPLETED=Completed;RESCHEDULED=Rescheduled;NO_SHOW=No show;CANCELED=Canceled|Meeting outcome
`

const noteDefinitions = `
hs_note_body|string|html|note|||Note body
`

const taskDefinitions = `
hs_task_subject|string|text|task|||Task Title
hs_task_body|string|textarea|task|||Task Notes
hs_task_status|enumeration|select|task||NOT_STARTED=Not started;IN_PROGRESS=In progress;WAITING=Waiting;COMPLETED=Completed;DEFERRED=Deferred|Task Status
hs_task_priority|enumeration|select|task||LOW=Low;MEDIUM=Medium;HIGH=High;NONE=None|Priority
hs_task_type|enumeration|select|task||EMAIL=Email;CALL=Call;TODO=To-do|Task Type
hs_task_reminders|string|text|task|||Reminders
`

const communicationDefinitions = `
hs_communication_channel_type|enumeration|select|communication||SMS;WHATS_APP;LINKEDIN_MESSAGE|Channel Type
hs_communication_logged_from|enumeration|select|communication||CRM|Logged from
hs_communication_body|string|html|communication|||Communication Body
`

// optionSets are option lists that several fields share or that are long.
func optionSets(name string) string {
	switch name {
	case "bool":
		return "true=Yes;false=No"
	case "source":
		return "ORGANIC_SEARCH=Organic Search;PAID_SEARCH=Paid Search;EMAIL_MARKETING=Email Marketing;SOCIAL_MEDIA=Organic Social;REFERRALS=Referrals;OTHER_CAMPAIGNS=Other Campaigns;DIRECT_TRAFFIC=Direct Traffic;OFFLINE=Offline Sources;PAID_SOCIAL=Paid Social;AI_REFERRALS=AI Referrals"
	case "lifecycle":
		return "subscriber=Subscriber;lead=Lead;marketingqualifiedlead=Marketing Qualified Lead;salesqualifiedlead=Sales Qualified Lead;opportunity=Opportunity;customer=Customer;evangelist=Evangelist;other=Other"
	case "dealstage":
		return "appointmentscheduled=Appointment Scheduled;qualifiedtobuy=Qualified To Buy;presentationscheduled=Presentation Scheduled;decisionmakerboughtin=Decision Maker Bought-In;contractsent=Contract Sent;closedwon=Closed Won;closedlost=Closed Lost"
	case "disposition":
		return "9d9162e7-6cf3-4944-bf63-4dff82258764=Busy;f240bbac-87c9-4f6e-bf70-924b57d47db7=Connected;a4c4c377-d246-4b32-a13b-75a56a4cd0ff=Left live message;b2cf5968-551e-4856-9783-52b3da59a7d0=Left voicemail;73a0d17f-1163-4015-bdd5-ec830791da20=No answer;17b47fee-58de-441e-a44c-c6300d46f273=Wrong number"
	case "industry":
		return industryOptions
	}
	return ""
}

const industryOptions = "ACCOUNTING=Accounting;AIRLINES_AVIATION=Airlines/Aviation;APPAREL_FASHION=Apparel & Fashion;AUTOMOTIVE=Automotive;BANKING=Banking;BIOTECHNOLOGY=Biotechnology;BUILDING_MATERIALS=Building Materials;CHEMICALS=Chemicals;CIVIL_ENGINEERING=Civil Engineering;COMPUTER_HARDWARE=Computer Hardware;COMPUTER_SOFTWARE=Computer Software;CONSTRUCTION=Construction;CONSUMER_GOODS=Consumer Goods;COSMETICS=Cosmetics;E_LEARNING=E-Learning;EDUCATION_MANAGEMENT=Education Management;ENVIRONMENTAL_SERVICES=Environmental Services;FINANCIAL_SERVICES=Financial Services;FOOD_PRODUCTION=Food Production;GOVERNMENT_ADMINISTRATION=Government Administration;HIGHER_EDUCATION=Higher Education;HOSPITAL_HEALTH_CARE=Hospital & Health Care;HOSPITALITY=Hospitality;HUMAN_RESOURCES=Human Resources;INFORMATION_TECHNOLOGY_AND_SERVICES=Information Technology and Services;INSURANCE=Insurance;INTERNET=Internet;LAW_PRACTICE=Law Practice;LOGISTICS_AND_SUPPLY_CHAIN=Logistics and Supply Chain;LUXURY_GOODS_JEWELRY=Luxury Goods & Jewelry;MACHINERY=Machinery;MANAGEMENT_CONSULTING=Management Consulting;MARKETING_AND_ADVERTISING=Marketing and Advertising;MECHANICAL_OR_INDUSTRIAL_ENGINEERING=Mechanical or Industrial Engineering;NON_PROFIT_ORGANIZATION_MANAGEMENT=Non-Profit Organization Management;OIL_ENERGY=Oil & Energy;PHARMACEUTICALS=Pharmaceuticals;PUBLIC_RELATIONS_AND_COMMUNICATIONS=Public Relations and Communications;REAL_ESTATE=Real Estate;RENEWABLES_ENVIRONMENT=Renewables & Environment;RESEARCH=Research;RESTAURANTS=Restaurants;RETAIL=Retail;SECURITY_AND_INVESTIGATIONS=Security and Investigations;STAFFING_AND_RECRUITING=Staffing and Recruiting;TELECOMMUNICATIONS=Telecommunications;TEXTILES=Textiles;TRANSPORTATION_TRUCKING_RAILROAD=Transportation/Trucking/Railroad;UTILITIES=Utilities;WHOLESALE=Wholesale;WINE_AND_SPIRITS=Wine and Spirits"
