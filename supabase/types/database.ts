export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[]

export type Database = {
  
  "backend": {
          Tables: {
            [_ in never]: never
          }
          Views: {
            [_ in never]: never
          }
          Functions: {
            "abandon_order":
{ Args: { "order_id": string }; Returns: string
                           },
"accrue_royalties":
{ Args: { "month": string }; Returns: number
                           },
"advance_due_sessions":
{ Args: { "size"?: number }; Returns: number
                           },
"apply_stripe_event":
{ Args: { "event": Json }; Returns: string
                           },
"attach_account":
{ Args: { "account_id": string,"user_id": string }; Returns: string
                           },
"attach_customer":
{ Args: { "customer_id": string,"user_id": string }; Returns: string
                           },
"attach_session":
{ Args: { "order_id": string,"payment_intent_id"?: string,"session_id": string }; Returns: Json
                           },
"await_detection":
{ Args: { "detection_id": string,"lease_id": string,"provider_ref"?: string }; Returns: string
                           },
"begin_detection_call":
{ Args: { "called_at"?: string,"detection_id": string,"lease_id": string }; Returns: boolean
                           },
"begin_subscription":
{ Args: { "plan": string,"price_id": string,"user_id": string }; Returns: Json
                           },
"checkpoint_balances":
{ Args: { "size"?: number }; Returns: number
                           },
"claim_detections":
{ Args: { "lease_seconds"?: number,"provider": string,"provider_version": string,"size"?: number }; Returns: Json
                           },
"claim_download":
{ Args: { "grant_id": string,"user_id": string }; Returns: Json
                           },
"claim_fingerprints":
{ Args: { "size"?: number }; Returns: {
              "bucket": string,"path": string,"track_id": string
            }[]
                           },
"claim_outbox":
{ Args: { "size"?: number,"topic": string }; Returns: {
              "attempts": number,"created_at": string,"id": number,"payload": Json
            }[]
                           },
"claim_transfers":
{ Args: { "size"?: number }; Returns: Json
                           },
"claim_verifications":
{ Args: { "size"?: number }; Returns: {
              "code": string,"id": string,"urls": (string)[]
            }[]
                           },
"close_season":
{ Args: { "code": string }; Returns: Json
                           },
"complete_orders":
{ Args: { "size"?: number }; Returns: number
                           },
"consume":
{ Args: { "resource": string,"user_id": string }; Returns: Json
                           },
"dead_letters":
{ Args: { "size"?: number,"topic"?: string }; Returns: {
              "attempts": number,"created_at": string,"dead_at": string,"id": number,"last_error": string,"payload": Json,"topic": string
            }[]
                           },
"drop_archived_plays":
{ Args: { "checksum": string,"month": string,"row_count": number }; Returns: boolean
                           },
"due_push_tickets":
{ Args: { "size"?: number }; Returns: {
              "ticket_id": string,"token": string
            }[]
                           },
"email_messages":
{ Args: { "notification_ids": (string)[] }; Returns: {
              "body": string,"data": Json,"display_name": string,"email": string,"notification_id": string,"subject": string
            }[]
                           },
"end_live":
{ Args: { "stream_id": string,"user_id": string }; Returns: Json
                           },
"end_streaks":
{ Args: { "size"?: number }; Returns: number
                           },
"erase_due_accounts":
{ Args: { "size"?: number }; Returns: {
              "error": string,"is_erased": boolean,"objects": Json,"user_id": string
            }[]
                           },
"expire_credits":
{ Args: { "size"?: number }; Returns: number
                           },
"expire_orders":
{ Args: { "size"?: number }; Returns: number
                           },
"fail_detection":
{ Args: { "detection_id": string,"error"?: string,"lease_id": string,"outcome": string,"retry_after_seconds"?: number }; Returns: string
                           },
"fill_badges":
{ Args: { "size"?: number }; Returns: number
                           },
"finish_outbox":
{ Args: { "error"?: string,"id": number,"ok": boolean }; Returns: string
                           },
"finish_push_tickets":
{ Args: { "gone_ticket_ids"?: (string)[],"ticket_ids": (string)[] }; Returns: number
                           },
"finish_pushes":
{ Args: { "gone_tokens"?: (string)[],"outcomes": Json,"tickets"?: Json }; Returns: number
                           },
"forget_full_buckets":
{ Args: { "size"?: number }; Returns: number
                           },
"forget_old_activity":
{ Args: { "size"?: number }; Returns: number
                           },
"forget_old_broadcasts":
{ Args: { "size"?: number }; Returns: number
                           },
"forget_old_drafts":
{ Args: { "size"?: number }; Returns: number
                           },
"forget_old_live":
{ Args: { "size"?: number }; Returns: number
                           },
"forget_old_messages":
{ Args: { "size"?: number }; Returns: number
                           },
"forget_old_notifications":
{ Args: { "size"?: number }; Returns: number
                           },
"forget_old_room_pulses":
{ Args: { "size"?: number }; Returns: number
                           },
"forget_old_sessions":
{ Args: { "size"?: number }; Returns: number
                           },
"forget_stripe_payloads":
{ Args: { "size"?: number }; Returns: number
                           },
"keep_play_partitions":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"know_plan_prices":
{ Args: { "prices": Json }; Returns: number
                           },
"live_census":
{ Args: { "asked_at": string,"rooms": Json }; Returns: (string)[]
                           },
"live_event":
{ Args: { "event": string,"event_id": string,"granted_role"?: string,"happened_at": string,"joined_at"?: string,"session_id"?: string,"stream_id": string,"user_id"?: string }; Returns: string
                           },
"live_order":
{ Args: { "is_removal": boolean,"ordered_at": string,"stream_id": string,"user_id": string }; Returns: string
                           },
"live_role":
{ Args: { "room_id": string,"user_id": string }; Returns: Json
                           },
"live_roll":
{ Args: { "asked_at": string,"sessions": Json,"stream_id": string }; Returns: (string)[]
                           },
"missing_stripe_events":
{ Args: { "ids": (string)[] }; Returns: (string)[]
                           },
"months_to_accrue":
{ Args: Record<PropertyKey, never>; Returns: (string)[]
                           },
"months_to_archive":
{ Args: Record<PropertyKey, never>; Returns: {
              "checksum": string,"month": string,"object_key": string,"row_count": number
            }[]
                           },
"notify_likes":
{ Args: { "size"?: number }; Returns: number
                           },
"onboarding":
{ Args: { "user_id": string }; Returns: Json
                           },
"open_due_payouts":
{ Args: { "size"?: number }; Returns: number
                           },
"open_sessions":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"place_order":
{ Args: { "buyer_id": string,"client_id": string,"items": Json,"shipping_address"?: Json }; Returns: Json
                           },
"plays_of_month":
{ Args: { "after"?: string,"month": string,"size"?: number }; Returns: Json
                           },
"push_messages":
{ Args: { "notification_ids": (string)[] }; Returns: {
              "body": string,"data": Json,"notification_id": string,"title": string,"token": string
            }[]
                           },
"reconciled_since":
{ Args: Record<PropertyKey, never>; Returns: string
                           },
"record_claim":
{ Args: { "address": string,"claimant": string,"contact": string,"kind": string,"statement": string,"track_id": string }; Returns: string
                           },
"record_detection":
{ Args: { "detection_id": string,"evidence"?: Json,"provider"?: string,"provider_ref"?: string,"risk_score": number }; Returns: string
                           },
"record_fingerprint":
{ Args: { "algorithm": string,"error"?: string,"hash": (number)[],"track_id": string }; Returns: Json
                           },
"record_reconciliation":
{ Args: { "from_at": string,"repaired": number,"to_at": string,"transactions": Json }; Returns: Json
                           },
"record_refund":
{ Args: { "failure"?: string,"refund_id": string,"status": string,"stripe_refund_id": string }; Returns: string
                           },
"record_reversal":
{ Args: { "failure"?: string,"reversal_id": number,"status": string,"stripe_reversal_id": string }; Returns: string
                           },
"record_transfer":
{ Args: { "failure"?: string,"status": string,"stripe_transfer_id": string,"transfer_id": number }; Returns: string
                           },
"record_verification":
{ Args: { "findings": Json,"request_id": string }; Returns: string
                           },
"refresh_trending":
{ Args: { "after"?: string,"size"?: number }; Returns: string
                           },
"refund_to_make":
{ Args: { "refund_id": string }; Returns: Json
                           },
"register_play_archive":
{ Args: { "checksum": string,"month": string,"object_key": string,"row_count": number }; Returns: undefined
                           },
"remind_of_streaks":
{ Args: { "size"?: number }; Returns: number
                           },
"retry_dead_letter":
{ Args: { "id": number }; Returns: boolean
                           },
"reversal_to_make":
{ Args: { "reversal_id": number }; Returns: Json
                           },
"roll_up_leaderboards":
{ Args: { "size"?: number }; Returns: number
                           },
"schema_version":
{ Args: Record<PropertyKey, never>; Returns: string
                           },
"seasons_to_close":
{ Args: Record<PropertyKey, never>; Returns: string[]
                           },
"settle_deeds":
{ Args: { "size"?: number }; Returns: number
                           },
"start_live":
{ Args: { "room_id": string,"title": string,"user_id": string }; Returns: Json
                           },
"stream_source":
{ Args: { "listener": string,"track_id": string }; Returns: Json
                           },
"stripe_customer":
{ Args: { "user_id": string }; Returns: Json
                           },
"tell_live_counts":
{ Args: { "size"?: number }; Returns: Json
                           },
"tell_season_results":
{ Args: { "size"?: number }; Returns: number
                           },
"tell_votes":
{ Args: { "size"?: number }; Returns: number
                           }
          }
          Enums: {
            [_ in never]: never
          }
          CompositeTypes: {
            [_ in never]: never
          }
        },"public": {
          Tables: {
            "activity_events": {
                  Row: {
                    "actor_id": string,"bucket": number,"collapse_key": string,"created_at": string,"data": NonNullable<Json>,"event_count": number,"id": string,"kind": string,"like_count": number,"reactions": NonNullable<Json>,"target_id": string | null,"target_kind": string | null,"visibility": string
                  }
                  ComputedFields: never
                  Insert: {
                    "actor_id": string,"bucket": number,"collapse_key": string,"created_at"?: string,"data"?: NonNullable<Json>,"event_count"?: number,"id"?: string,"kind": string,"like_count"?: number,"reactions"?: NonNullable<Json>,"target_id"?: string | null,"target_kind"?: string | null,"visibility"?: string
                  }
                  Update: {
                    "actor_id"?: string,"bucket"?: number,"collapse_key"?: string,"created_at"?: string,"data"?: NonNullable<Json>,"event_count"?: number,"id"?: string,"kind"?: string,"like_count"?: number,"reactions"?: NonNullable<Json>,"target_id"?: string | null,"target_kind"?: string | null,"visibility"?: string
                  }
                  Relationships: [
                    
                  ]
                },"activity_reactions": {
                  Row: {
                    "created_at": string,"event_id": string,"reaction": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"event_id": string,"reaction": string,"user_id": string
                  }
                  Update: {
                    "created_at"?: string,"event_id"?: string,"reaction"?: string,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "activity_reactions_event_id_fkey"
      columns: ["event_id"]
isOneToOne: false
      referencedRelation: "activity_events"
      referencedColumns: ["id"]
    }
                  ]
                },"appeals": {
                  Row: {
                    "case_id": string | null,"created_at": string,"decided_at": string | null,"decided_by": string | null,"note": string | null,"sanction_id": string,"statement": string,"status": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "case_id"?: string | null,"created_at"?: string,"decided_at"?: string | null,"decided_by"?: string | null,"note"?: string | null,"sanction_id": string,"statement": string,"status"?: string,"user_id": string
                  }
                  Update: {
                    "case_id"?: string | null,"created_at"?: string,"decided_at"?: string | null,"decided_by"?: string | null,"note"?: string | null,"sanction_id"?: string,"statement"?: string,"status"?: string,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "appeals_case_id_fkey"
      columns: ["case_id"]
isOneToOne: false
      referencedRelation: "moderation_cases"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "appeals_decided_by_fkey"
      columns: ["decided_by"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "appeals_sanction_id_fkey"
      columns: ["sanction_id"]
isOneToOne: true
      referencedRelation: "sanctions"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "appeals_user_id_fkey"
      columns: ["user_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"artist_profiles": {
                  Row: {
                    "is_trusted_uploader": boolean,"is_verified": boolean,"links": (string)[],"profile_id": string,"trusted_since": string | null,"upload_count": number,"verified_at": string | null,"verified_upload_count": number
                  }
                  ComputedFields: never
                  Insert: {
                    "is_trusted_uploader"?: boolean,"is_verified"?: boolean,"links"?: (string)[],"profile_id": string,"trusted_since"?: string | null,"upload_count"?: number,"verified_at"?: string | null,"verified_upload_count"?: number
                  }
                  Update: {
                    "is_trusted_uploader"?: boolean,"is_verified"?: boolean,"links"?: (string)[],"profile_id"?: string,"trusted_since"?: string | null,"upload_count"?: number,"verified_at"?: string | null,"verified_upload_count"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "artist_profiles_profile_id_fkey"
      columns: ["profile_id"]
isOneToOne: true
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"badge_awards": {
                  Row: {
                    "awarded_at": string,"badge_code": string,"context": NonNullable<Json>,"featured_place": number | null,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "awarded_at"?: string,"badge_code": string,"context"?: NonNullable<Json>,"featured_place"?: number | null,"user_id": string
                  }
                  Update: {
                    "awarded_at"?: string,"badge_code"?: string,"context"?: NonNullable<Json>,"featured_place"?: number | null,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "badge_awards_badge_code_fkey"
      columns: ["badge_code"]
isOneToOne: false
      referencedRelation: "badges"
      referencedColumns: ["code"]
    },{
      foreignKeyName: "badge_awards_user_id_fkey"
      columns: ["user_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"badges": {
                  Row: {
                    "category": string,"code": string,"description": string,"icon": string,"metric": string | null,"name": string,"rarity": string,"season": string | null,"threshold": number | null,"tier": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "category": string,"code": string,"description": string,"icon": string,"metric"?: string | null,"name": string,"rarity": string,"season"?: string | null,"threshold"?: number | null,"tier"?: string | null
                  }
                  Update: {
                    "category"?: string,"code"?: string,"description"?: string,"icon"?: string,"metric"?: string | null,"name"?: string,"rarity"?: string,"season"?: string | null,"threshold"?: number | null,"tier"?: string | null
                  }
                  Relationships: [
                    
                  ]
                },"blocks": {
                  Row: {
                    "blocked_id": string,"blocker_id": string,"created_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "blocked_id": string,"blocker_id"?: string,"created_at"?: string
                  }
                  Update: {
                    "blocked_id"?: string,"blocker_id"?: string,"created_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "blocks_blocked_id_fkey"
      columns: ["blocked_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "blocks_blocker_id_fkey"
      columns: ["blocker_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"comment_mentions": {
                  Row: {
                    "comment_id": string,"created_at": string,"profile_id": string,"username": string
                  }
                  ComputedFields: never
                  Insert: {
                    "comment_id": string,"created_at"?: string,"profile_id": string,"username": string
                  }
                  Update: {
                    "comment_id"?: string,"created_at"?: string,"profile_id"?: string,"username"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "comment_mentions_comment_id_fkey"
      columns: ["comment_id"]
isOneToOne: false
      referencedRelation: "comments"
      referencedColumns: ["id"]
    }
                  ]
                },"comment_reactions": {
                  Row: {
                    "comment_id": string,"created_at": string,"emoji": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "comment_id": string,"created_at"?: string,"emoji": string,"user_id": string
                  }
                  Update: {
                    "comment_id"?: string,"created_at"?: string,"emoji"?: string,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "comment_reactions_comment_id_fkey"
      columns: ["comment_id"]
isOneToOne: false
      referencedRelation: "comments"
      referencedColumns: ["id"]
    }
                  ]
                },"comments": {
                  Row: {
                    "author_id": string | null,"body": string | null,"client_id": string | null,"created_at": string,"deleted_at": string | null,"depth": number,"edited_at": string | null,"hidden_by": string | null,"id": string,"is_pinned": boolean,"is_withheld": boolean,"like_count": number,"parent_id": string | null,"position_ms": number | null,"reactions": NonNullable<Json>,"reactions_shown": NonNullable<Json>,"reply_count": number,"target_id": string,"target_kind": string
                  }
                  ComputedFields: never
                  Insert: {
                    "author_id"?: string | null,"body"?: string | null,"client_id"?: string | null,"created_at"?: string,"deleted_at"?: string | null,"depth"?: number,"edited_at"?: string | null,"hidden_by"?: string | null,"id"?: string,"is_pinned"?: boolean,"is_withheld"?: boolean,"like_count"?: number,"parent_id"?: string | null,"position_ms"?: number | null,"reactions"?: NonNullable<Json>,"reactions_shown"?: never,"reply_count"?: number,"target_id": string,"target_kind": string
                  }
                  Update: {
                    "author_id"?: string | null,"body"?: string | null,"client_id"?: string | null,"created_at"?: string,"deleted_at"?: string | null,"depth"?: number,"edited_at"?: string | null,"hidden_by"?: string | null,"id"?: string,"is_pinned"?: boolean,"is_withheld"?: boolean,"like_count"?: number,"parent_id"?: string | null,"position_ms"?: number | null,"reactions"?: NonNullable<Json>,"reactions_shown"?: never,"reply_count"?: number,"target_id"?: string,"target_kind"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "comments_author_id_fkey"
      columns: ["author_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "comments_parent_fkey"
      columns: ["parent_id","target_id","target_kind"]
isOneToOne: false
      referencedRelation: "comments"
      referencedColumns: ["id","target_id","target_kind"]
    }
                  ]
                },"conversation_members": {
                  Row: {
                    "conversation_id": string,"is_accepted": boolean,"joined_after_id": string | null,"joined_at": string,"last_read_message_id": string | null,"left_at": string | null,"member_id": string,"muted_until": string | null,"order_id": string | null,"state": string
                  }
                  ComputedFields: never
                  Insert: {
                    "conversation_id": string,"is_accepted"?: boolean,"joined_after_id"?: string | null,"joined_at"?: string,"last_read_message_id"?: string | null,"left_at"?: string | null,"member_id": string,"muted_until"?: string | null,"order_id"?: string | null,"state"?: string
                  }
                  Update: {
                    "conversation_id"?: string,"is_accepted"?: boolean,"joined_after_id"?: string | null,"joined_at"?: string,"last_read_message_id"?: string | null,"left_at"?: string | null,"member_id"?: string,"muted_until"?: string | null,"order_id"?: string | null,"state"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "conversation_members_conversation_id_fkey"
      columns: ["conversation_id"]
isOneToOne: false
      referencedRelation: "conversations"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "conversation_members_member_id_fkey"
      columns: ["member_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"conversations": {
                  Row: {
                    "created_at": string,"id": string,"kind": string,"last_message_id": string | null,"title": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"id"?: string,"kind": string,"last_message_id"?: string | null,"title"?: string | null
                  }
                  Update: {
                    "created_at"?: string,"id"?: string,"kind"?: string,"last_message_id"?: string | null,"title"?: string | null
                  }
                  Relationships: [
                    
                  ]
                },"crate_collaborators": {
                  Row: {
                    "added_at": string,"crate_id": string,"role": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "added_at"?: string,"crate_id": string,"role": string,"user_id": string
                  }
                  Update: {
                    "added_at"?: string,"crate_id"?: string,"role"?: string,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "crate_collaborators_crate_id_fkey"
      columns: ["crate_id"]
isOneToOne: false
      referencedRelation: "crates"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "crate_collaborators_user_id_fkey"
      columns: ["user_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"crate_items": {
                  Row: {
                    "added_at": string,"added_by": string | null,"crate_id": string,"duration_ms": number,"id": string,"note": string | null,"owner_id": string,"position": number,"track_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "added_at"?: string,"added_by"?: string | null,"crate_id": string,"duration_ms": number,"id"?: string,"note"?: string | null,"owner_id": string,"position": number,"track_id": string
                  }
                  Update: {
                    "added_at"?: string,"added_by"?: string | null,"crate_id"?: string,"duration_ms"?: number,"id"?: string,"note"?: string | null,"owner_id"?: string,"position"?: number,"track_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "crate_items_added_by_fkey"
      columns: ["added_by"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "crate_items_crate_fkey"
      columns: ["crate_id","owner_id"]
isOneToOne: false
      referencedRelation: "crates"
      referencedColumns: ["id","owner_id"]
    },{
      foreignKeyName: "crate_items_track_id_fkey"
      columns: ["track_id"]
isOneToOne: false
      referencedRelation: "tracks"
      referencedColumns: ["id"]
    }
                  ]
                },"crates": {
                  Row: {
                    "audience": string,"client_id": string | null,"comment_count": number,"cover_path": string | null,"created_at": string,"deleted_at": string | null,"description": string | null,"featured_at": string | null,"genre": string | null,"id": string,"is_featured": boolean,"is_withheld": boolean,"item_count": number,"like_count": number,"mood": string | null,"owner_id": string,"play_count": number,"tags": (string)[],"title": string | null,"total_ms": number,"updated_at": string,"visibility": string
                  }
                  ComputedFields: never
                  Insert: {
                    "audience"?: string,"client_id"?: string | null,"comment_count"?: number,"cover_path"?: string | null,"created_at"?: string,"deleted_at"?: string | null,"description"?: string | null,"featured_at"?: string | null,"genre"?: string | null,"id"?: string,"is_featured"?: boolean,"is_withheld"?: boolean,"item_count"?: number,"like_count"?: number,"mood"?: string | null,"owner_id": string,"play_count"?: number,"tags"?: (string)[],"title"?: string | null,"total_ms"?: number,"updated_at"?: string,"visibility"?: string
                  }
                  Update: {
                    "audience"?: string,"client_id"?: string | null,"comment_count"?: number,"cover_path"?: string | null,"created_at"?: string,"deleted_at"?: string | null,"description"?: string | null,"featured_at"?: string | null,"genre"?: string | null,"id"?: string,"is_featured"?: boolean,"is_withheld"?: boolean,"item_count"?: number,"like_count"?: number,"mood"?: string | null,"owner_id"?: string,"play_count"?: number,"tags"?: (string)[],"title"?: string | null,"total_ms"?: number,"updated_at"?: string,"visibility"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "crates_genre_fkey"
      columns: ["genre"]
isOneToOne: false
      referencedRelation: "genres"
      referencedColumns: ["slug"]
    },{
      foreignKeyName: "crates_owner_id_fkey"
      columns: ["owner_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"credit_entries": {
                  Row: {
                    "amount": number,"cause": string,"created_at": string,"expires_at": string | null,"id": number,"kind": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "amount": number,"cause": string,"created_at"?: string,"expires_at"?: string | null,"id"?: number,"kind": string,"user_id": string
                  }
                  Update: {
                    "amount"?: number,"cause"?: string,"created_at"?: string,"expires_at"?: string | null,"id"?: number,"kind"?: string,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "credit_entries_user_id_fkey"
      columns: ["user_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"currencies": {
                  Row: {
                    "code": string,"exponent": number,"is_enabled": boolean,"step_minor": number
                  }
                  ComputedFields: never
                  Insert: {
                    "code": string,"exponent": number,"is_enabled": boolean,"step_minor": number
                  }
                  Update: {
                    "code"?: string,"exponent"?: number,"is_enabled"?: boolean,"step_minor"?: number
                  }
                  Relationships: [
                    
                  ]
                },"detection_proofs": {
                  Row: {
                    "artist_id": string,"created_at": string,"detection_id": string,"id": string,"note": string | null,"object_paths": (string)[]
                  }
                  ComputedFields: never
                  Insert: {
                    "artist_id": string,"created_at"?: string,"detection_id": string,"id"?: string,"note"?: string | null,"object_paths": (string)[]
                  }
                  Update: {
                    "artist_id"?: string,"created_at"?: string,"detection_id"?: string,"id"?: string,"note"?: string | null,"object_paths"?: (string)[]
                  }
                  Relationships: [
                    {
      foreignKeyName: "detection_proofs_artist_id_fkey"
      columns: ["artist_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "detection_proofs_detection_id_fkey"
      columns: ["detection_id"]
isOneToOne: false
      referencedRelation: "detections"
      referencedColumns: ["id"]
    }
                  ]
                },"detection_reviews": {
                  Row: {
                    "created_at": string,"detection_id": string,"id": string,"notes": string | null,"reviewer_id": string | null,"round": number,"verdict": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"detection_id": string,"id"?: string,"notes"?: string | null,"reviewer_id"?: string | null,"round": number,"verdict": string
                  }
                  Update: {
                    "created_at"?: string,"detection_id"?: string,"id"?: string,"notes"?: string | null,"reviewer_id"?: string | null,"round"?: number,"verdict"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "detection_reviews_detection_id_fkey"
      columns: ["detection_id"]
isOneToOne: false
      referencedRelation: "detections"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "detection_reviews_reviewer_id_fkey"
      columns: ["reviewer_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"detections": {
                  Row: {
                    "appeal_text": string | null,"appealed_at": string | null,"artist_id": string,"attempts": number,"bands": Json | null,"called_at": string | null,"created_at": string,"decided_at": string | null,"evidence": NonNullable<Json>,"file_hash": string,"has_removed": boolean,"held_from": string | null,"id": string,"is_before": boolean,"is_current": boolean,"last_error": string | null,"lease_id": string | null,"leased_until": string | null,"next_attempt_at": string,"notes": string | null,"provider": string | null,"provider_ref": string | null,"provider_version": string | null,"rejected_at": string | null,"reopened_at": string | null,"reviewed_by": string | null,"risk_score": number | null,"round": number,"status": string,"track_id": string,"trusted_number": number | null
                  }
                  ComputedFields: never
                  Insert: {
                    "appeal_text"?: string | null,"appealed_at"?: string | null,"artist_id": string,"attempts"?: number,"bands"?: Json | null,"called_at"?: string | null,"created_at"?: string,"decided_at"?: string | null,"evidence"?: NonNullable<Json>,"file_hash": string,"has_removed"?: boolean,"held_from"?: string | null,"id"?: string,"is_before": boolean,"is_current"?: boolean,"last_error"?: string | null,"lease_id"?: string | null,"leased_until"?: string | null,"next_attempt_at"?: string,"notes"?: string | null,"provider"?: string | null,"provider_ref"?: string | null,"provider_version"?: string | null,"rejected_at"?: string | null,"reopened_at"?: string | null,"reviewed_by"?: string | null,"risk_score"?: number | null,"round"?: number,"status"?: string,"track_id": string,"trusted_number"?: number | null
                  }
                  Update: {
                    "appeal_text"?: string | null,"appealed_at"?: string | null,"artist_id"?: string,"attempts"?: number,"bands"?: Json | null,"called_at"?: string | null,"created_at"?: string,"decided_at"?: string | null,"evidence"?: NonNullable<Json>,"file_hash"?: string,"has_removed"?: boolean,"held_from"?: string | null,"id"?: string,"is_before"?: boolean,"is_current"?: boolean,"last_error"?: string | null,"lease_id"?: string | null,"leased_until"?: string | null,"next_attempt_at"?: string,"notes"?: string | null,"provider"?: string | null,"provider_ref"?: string | null,"provider_version"?: string | null,"rejected_at"?: string | null,"reopened_at"?: string | null,"reviewed_by"?: string | null,"risk_score"?: number | null,"round"?: number,"status"?: string,"track_id"?: string,"trusted_number"?: number | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "detections_artist_id_fkey"
      columns: ["artist_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "detections_reviewed_by_fkey"
      columns: ["reviewed_by"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "detections_track_id_fkey"
      columns: ["track_id"]
isOneToOne: false
      referencedRelation: "tracks"
      referencedColumns: ["id"]
    }
                  ]
                },"direct_messages": {
                  Row: {
                    "body": string | null,"client_id": string | null,"conversation_id": string,"crate_id": string | null,"created_at": string,"deleted_at": string | null,"id": string,"is_withheld": boolean,"like_count": number,"reply_to": string | null,"sender_id": string | null,"track_id": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "body"?: string | null,"client_id"?: string | null,"conversation_id": string,"crate_id"?: string | null,"created_at"?: string,"deleted_at"?: string | null,"id"?: string,"is_withheld"?: boolean,"like_count"?: number,"reply_to"?: string | null,"sender_id"?: string | null,"track_id"?: string | null
                  }
                  Update: {
                    "body"?: string | null,"client_id"?: string | null,"conversation_id"?: string,"crate_id"?: string | null,"created_at"?: string,"deleted_at"?: string | null,"id"?: string,"is_withheld"?: boolean,"like_count"?: number,"reply_to"?: string | null,"sender_id"?: string | null,"track_id"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "direct_messages_conversation_id_fkey"
      columns: ["conversation_id"]
isOneToOne: false
      referencedRelation: "conversations"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "direct_messages_sender_id_fkey"
      columns: ["sender_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"dj_sessions": {
                  Row: {
                    "created_at": string,"current_dj_id": string | null,"current_item_id": string | null,"due_at": string | null,"ended_at": string | null,"host_id": string | null,"id": string,"mode": string,"paused_at": string | null,"room_id": string,"sequence": number,"status": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"current_dj_id"?: string | null,"current_item_id"?: string | null,"due_at"?: string | null,"ended_at"?: string | null,"host_id"?: string | null,"id"?: string,"mode": string,"paused_at"?: string | null,"room_id": string,"sequence"?: number,"status"?: string
                  }
                  Update: {
                    "created_at"?: string,"current_dj_id"?: string | null,"current_item_id"?: string | null,"due_at"?: string | null,"ended_at"?: string | null,"host_id"?: string | null,"id"?: string,"mode"?: string,"paused_at"?: string | null,"room_id"?: string,"sequence"?: number,"status"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "dj_sessions_current_dj_id_fkey"
      columns: ["current_dj_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "dj_sessions_host_id_fkey"
      columns: ["host_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "dj_sessions_room_id_fkey"
      columns: ["room_id"]
isOneToOne: false
      referencedRelation: "rooms"
      referencedColumns: ["id"]
    }
                  ]
                },"download_grants": {
                  Row: {
                    "buyer_id": string,"created_at": string,"id": string,"max_downloads": number,"name": string,"order_line_id": string,"revoked_at": string | null,"track_id": string | null,"used_count": number
                  }
                  ComputedFields: never
                  Insert: {
                    "buyer_id": string,"created_at"?: string,"id"?: string,"max_downloads": number,"name": string,"order_line_id": string,"revoked_at"?: string | null,"track_id"?: string | null,"used_count"?: number
                  }
                  Update: {
                    "buyer_id"?: string,"created_at"?: string,"id"?: string,"max_downloads"?: number,"name"?: string,"order_line_id"?: string,"revoked_at"?: string | null,"track_id"?: string | null,"used_count"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "download_grants_order_line_id_fkey"
      columns: ["order_line_id"]
isOneToOne: false
      referencedRelation: "order_lines"
      referencedColumns: ["id"]
    }
                  ]
                },"entitlement_grants": {
                  Row: {
                    "client_id": string | null,"created_at": string,"ends_at": string,"id": number,"plan": string,"source": string,"starts_at": string,"subscription_id": string | null,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "client_id"?: string | null,"created_at"?: string,"ends_at": string,"id"?: number,"plan": string,"source": string,"starts_at": string,"subscription_id"?: string | null,"user_id": string
                  }
                  Update: {
                    "client_id"?: string | null,"created_at"?: string,"ends_at"?: string,"id"?: number,"plan"?: string,"source"?: string,"starts_at"?: string,"subscription_id"?: string | null,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "entitlement_grants_plan_fkey"
      columns: ["plan"]
isOneToOne: false
      referencedRelation: "plans"
      referencedColumns: ["code"]
    },{
      foreignKeyName: "entitlement_grants_subscription_id_fkey"
      columns: ["subscription_id"]
isOneToOne: true
      referencedRelation: "subscriptions"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "entitlement_grants_user_id_fkey"
      columns: ["user_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"feature_flags": {
                  Row: {
                    "description": string,"is_enabled": boolean,"name": string
                  }
                  ComputedFields: never
                  Insert: {
                    "description": string,"is_enabled": boolean,"name": string
                  }
                  Update: {
                    "description"?: string,"is_enabled"?: boolean,"name"?: string
                  }
                  Relationships: [
                    
                  ]
                },"fee_policies": {
                  Row: {
                    "effective_from": string,"id": number,"payer": string,"platform_bps": number,"processing_bps": number
                  }
                  ComputedFields: never
                  Insert: {
                    "effective_from"?: string,"id"?: number,"payer": string,"platform_bps": number,"processing_bps": number
                  }
                  Update: {
                    "effective_from"?: string,"id"?: number,"payer"?: string,"platform_bps"?: number,"processing_bps"?: number
                  }
                  Relationships: [
                    
                  ]
                },"follow_requests": {
                  Row: {
                    "created_at": string,"requester_id": string,"target_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"requester_id": string,"target_id": string
                  }
                  Update: {
                    "created_at"?: string,"requester_id"?: string,"target_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "follow_requests_requester_id_fkey"
      columns: ["requester_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "follow_requests_target_id_fkey"
      columns: ["target_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"follows": {
                  Row: {
                    "created_at": string,"followee_id": string,"follower_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"followee_id": string,"follower_id"?: string
                  }
                  Update: {
                    "created_at"?: string,"followee_id"?: string,"follower_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "follows_followee_id_fkey"
      columns: ["followee_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "follows_follower_id_fkey"
      columns: ["follower_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"genres": {
                  Row: {
                    "name": string,"slug": string
                  }
                  ComputedFields: never
                  Insert: {
                    "name": string,"slug": string
                  }
                  Update: {
                    "name"?: string,"slug"?: string
                  }
                  Relationships: [
                    
                  ]
                },"invoices": {
                  Row: {
                    "amount_minor": number,"created_at": string,"currency": string,"id": string,"paid_minor": number,"period_end": string | null,"status": string,"subscription_id": string,"url": string | null,"user_id": string | null,"version": NonNullable<Json>
                  }
                  ComputedFields: never
                  Insert: {
                    "amount_minor": number,"created_at": string,"currency": string,"id": string,"paid_minor": number,"period_end"?: string | null,"status": string,"subscription_id": string,"url"?: string | null,"user_id"?: string | null,"version": NonNullable<Json>
                  }
                  Update: {
                    "amount_minor"?: number,"created_at"?: string,"currency"?: string,"id"?: string,"paid_minor"?: number,"period_end"?: string | null,"status"?: string,"subscription_id"?: string,"url"?: string | null,"user_id"?: string | null,"version"?: NonNullable<Json>
                  }
                  Relationships: [
                    {
      foreignKeyName: "invoices_currency_fkey"
      columns: ["currency"]
isOneToOne: false
      referencedRelation: "currencies"
      referencedColumns: ["code"]
    },{
      foreignKeyName: "invoices_user_id_fkey"
      columns: ["user_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"join_requests": {
                  Row: {
                    "created_at": string,"decided_at": string | null,"decided_by": string | null,"id": string,"message": string | null,"room_id": string,"status": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"decided_at"?: string | null,"decided_by"?: string | null,"id"?: string,"message"?: string | null,"room_id": string,"status"?: string,"user_id": string
                  }
                  Update: {
                    "created_at"?: string,"decided_at"?: string | null,"decided_by"?: string | null,"id"?: string,"message"?: string | null,"room_id"?: string,"status"?: string,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "join_requests_decided_by_fkey"
      columns: ["decided_by"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "join_requests_room_id_fkey"
      columns: ["room_id"]
isOneToOne: false
      referencedRelation: "rooms"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "join_requests_user_id_fkey"
      columns: ["user_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"leaderboards": {
                  Row: {
                    "code": string,"is_active": boolean,"metric": string,"name": string,"period": string,"scope": string
                  }
                  ComputedFields: never
                  Insert: {
                    "code": string,"is_active"?: boolean,"metric": string,"name": string,"period": string,"scope": string
                  }
                  Update: {
                    "code"?: string,"is_active"?: boolean,"metric"?: string,"name"?: string,"period"?: string,"scope"?: string
                  }
                  Relationships: [
                    
                  ]
                },"levels": {
                  Row: {
                    "credits": number,"level": number,"points_needed": number
                  }
                  ComputedFields: never
                  Insert: {
                    "credits": number,"level": number,"points_needed": number
                  }
                  Update: {
                    "credits"?: number,"level"?: number,"points_needed"?: number
                  }
                  Relationships: [
                    
                  ]
                },"licenses": {
                  Row: {
                    "artist_id": string,"created_at": string,"currency": string,"id": string,"name": string,"price_minor": number,"terms": string,"track_id": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "artist_id": string,"created_at"?: string,"currency": string,"id"?: string,"name": string,"price_minor": number,"terms": string,"track_id": string,"updated_at"?: string
                  }
                  Update: {
                    "artist_id"?: string,"created_at"?: string,"currency"?: string,"id"?: string,"name"?: string,"price_minor"?: number,"terms"?: string,"track_id"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "licenses_artist_id_fkey"
      columns: ["artist_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "licenses_currency_fkey"
      columns: ["currency"]
isOneToOne: false
      referencedRelation: "currencies"
      referencedColumns: ["code"]
    },{
      foreignKeyName: "licenses_track_id_fkey"
      columns: ["track_id"]
isOneToOne: false
      referencedRelation: "tracks"
      referencedColumns: ["id"]
    }
                  ]
                },"likes": {
                  Row: {
                    "created_at": string,"target_id": string,"target_kind": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"target_id": string,"target_kind": string,"user_id": string
                  }
                  Update: {
                    "created_at"?: string,"target_id"?: string,"target_kind"?: string,"user_id"?: string
                  }
                  Relationships: [
                    
                  ]
                },"live_participants": {
                  Row: {
                    "joined_at": string,"left_at": string | null,"session_id": string,"stream_id": string,"user_id": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "joined_at": string,"left_at"?: string | null,"session_id": string,"stream_id": string,"user_id"?: string | null
                  }
                  Update: {
                    "joined_at"?: string,"left_at"?: string | null,"session_id"?: string,"stream_id"?: string,"user_id"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "live_participants_stream_id_fkey"
      columns: ["stream_id"]
isOneToOne: false
      referencedRelation: "live_streams"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "live_participants_user_id_fkey"
      columns: ["user_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"live_speakers": {
                  Row: {
                    "created_at": string,"granted_by": string | null,"stream_id": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"granted_by"?: string | null,"stream_id": string,"user_id": string
                  }
                  Update: {
                    "created_at"?: string,"granted_by"?: string | null,"stream_id"?: string,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "live_speakers_granted_by_fkey"
      columns: ["granted_by"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "live_speakers_stream_id_fkey"
      columns: ["stream_id"]
isOneToOne: false
      referencedRelation: "live_streams"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "live_speakers_user_id_fkey"
      columns: ["user_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"live_streams": {
                  Row: {
                    "end_reason": string | null,"ended_at": string | null,"host_id": string | null,"id": string,"known_at": string,"listener_count": number,"peak_listeners": number,"room_id": string,"started_at": string,"title": string | null,"told_at": string | null,"told_count": number
                  }
                  ComputedFields: never
                  Insert: {
                    "end_reason"?: string | null,"ended_at"?: string | null,"host_id"?: string | null,"id"?: string,"known_at"?: string,"listener_count"?: number,"peak_listeners"?: number,"room_id": string,"started_at"?: string,"title"?: string | null,"told_at"?: string | null,"told_count"?: number
                  }
                  Update: {
                    "end_reason"?: string | null,"ended_at"?: string | null,"host_id"?: string | null,"id"?: string,"known_at"?: string,"listener_count"?: number,"peak_listeners"?: number,"room_id"?: string,"started_at"?: string,"title"?: string | null,"told_at"?: string | null,"told_count"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "live_streams_host_id_fkey"
      columns: ["host_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "live_streams_room_id_fkey"
      columns: ["room_id"]
isOneToOne: false
      referencedRelation: "rooms"
      referencedColumns: ["id"]
    }
                  ]
                },"message_reactions": {
                  Row: {
                    "created_at": string,"emoji": string,"message_id": string,"room_id": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"emoji": string,"message_id": string,"room_id": string,"user_id": string
                  }
                  Update: {
                    "created_at"?: string,"emoji"?: string,"message_id"?: string,"room_id"?: string,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "message_reactions_message_id_fkey"
      columns: ["room_id","message_id"]
isOneToOne: false
      referencedRelation: "messages"
      referencedColumns: ["room_id","id"]
    },{
      foreignKeyName: "message_reactions_user_id_fkey"
      columns: ["user_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"message_settings": {
                  Row: {
                    "dm_permission": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "dm_permission"?: string,"user_id": string
                  }
                  Update: {
                    "dm_permission"?: string,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "message_settings_user_id_fkey"
      columns: ["user_id"]
isOneToOne: true
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"messages": {
                  Row: {
                    "author_id": string | null,"body": string | null,"client_id": string | null,"code": string | null,"created_at": string,"data": NonNullable<Json>,"deleted_at": string | null,"edited_at": string | null,"id": string,"is_withheld": boolean,"kind": string,"pinned_at": string | null,"reactions": NonNullable<Json>,"reactions_shown": NonNullable<Json>,"reply_to_id": string | null,"room_id": string,"track_id": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "author_id"?: string | null,"body"?: string | null,"client_id"?: string | null,"code"?: string | null,"created_at"?: string,"data"?: NonNullable<Json>,"deleted_at"?: string | null,"edited_at"?: string | null,"id"?: string,"is_withheld"?: boolean,"kind"?: string,"pinned_at"?: string | null,"reactions"?: NonNullable<Json>,"reactions_shown"?: never,"reply_to_id"?: string | null,"room_id": string,"track_id"?: string | null
                  }
                  Update: {
                    "author_id"?: string | null,"body"?: string | null,"client_id"?: string | null,"code"?: string | null,"created_at"?: string,"data"?: NonNullable<Json>,"deleted_at"?: string | null,"edited_at"?: string | null,"id"?: string,"is_withheld"?: boolean,"kind"?: string,"pinned_at"?: string | null,"reactions"?: NonNullable<Json>,"reactions_shown"?: never,"reply_to_id"?: string | null,"room_id"?: string,"track_id"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "messages_author_id_fkey"
      columns: ["author_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "messages_reply_to_id_fkey"
      columns: ["room_id","reply_to_id"]
isOneToOne: false
      referencedRelation: "messages"
      referencedColumns: ["room_id","id"]
    },{
      foreignKeyName: "messages_room_id_fkey"
      columns: ["room_id"]
isOneToOne: false
      referencedRelation: "rooms"
      referencedColumns: ["id"]
    }
                  ]
                },"moderation_cases": {
                  Row: {
                    "action": string | null,"claimed_at": string | null,"claimed_by": string | null,"decided_at": string | null,"decided_by": string | null,"evidence": NonNullable<Json>,"id": string,"kind": string,"note": string | null,"opened_at": string,"report_count": number,"room_id": string | null,"status": string,"subject_id": string | null,"target_id": string,"target_kind": string,"weight": number
                  }
                  ComputedFields: never
                  Insert: {
                    "action"?: string | null,"claimed_at"?: string | null,"claimed_by"?: string | null,"decided_at"?: string | null,"decided_by"?: string | null,"evidence"?: NonNullable<Json>,"id"?: string,"kind": string,"note"?: string | null,"opened_at"?: string,"report_count"?: number,"room_id"?: string | null,"status"?: string,"subject_id"?: string | null,"target_id": string,"target_kind": string,"weight"?: number
                  }
                  Update: {
                    "action"?: string | null,"claimed_at"?: string | null,"claimed_by"?: string | null,"decided_at"?: string | null,"decided_by"?: string | null,"evidence"?: NonNullable<Json>,"id"?: string,"kind"?: string,"note"?: string | null,"opened_at"?: string,"report_count"?: number,"room_id"?: string | null,"status"?: string,"subject_id"?: string | null,"target_id"?: string,"target_kind"?: string,"weight"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "moderation_cases_claimed_by_fkey"
      columns: ["claimed_by"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "moderation_cases_decided_by_fkey"
      columns: ["decided_by"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "moderation_cases_room_id_fkey"
      columns: ["room_id"]
isOneToOne: false
      referencedRelation: "rooms"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "moderation_cases_subject_id_fkey"
      columns: ["subject_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"moderation_log": {
                  Row: {
                    "action": string,"actor_id": string | null,"after": Json | null,"before": Json | null,"case_id": string | null,"created_at": string,"data": NonNullable<Json>,"id": number,"reason": string | null,"room_id": string | null,"subject_id": string | null,"target_id": string | null,"target_kind": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "action": string,"actor_id"?: string | null,"after"?: Json | null,"before"?: Json | null,"case_id"?: string | null,"created_at"?: string,"data"?: NonNullable<Json>,"id"?: number,"reason"?: string | null,"room_id"?: string | null,"subject_id"?: string | null,"target_id"?: string | null,"target_kind"?: string | null
                  }
                  Update: {
                    "action"?: string,"actor_id"?: string | null,"after"?: Json | null,"before"?: Json | null,"case_id"?: string | null,"created_at"?: string,"data"?: NonNullable<Json>,"id"?: number,"reason"?: string | null,"room_id"?: string | null,"subject_id"?: string | null,"target_id"?: string | null,"target_kind"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "moderation_log_actor_id_fkey"
      columns: ["actor_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "moderation_log_room_id_fkey"
      columns: ["room_id"]
isOneToOne: false
      referencedRelation: "rooms"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "moderation_log_subject_id_fkey"
      columns: ["subject_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"mutes": {
                  Row: {
                    "created_at": string,"muted_id": string,"muter_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"muted_id": string,"muter_id"?: string
                  }
                  Update: {
                    "created_at"?: string,"muted_id"?: string,"muter_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "mutes_muted_id_fkey"
      columns: ["muted_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "mutes_muter_id_fkey"
      columns: ["muter_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"notification_preferences": {
                  Row: {
                    "channel": string,"is_enabled": boolean,"kind": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "channel": string,"is_enabled": boolean,"kind": string,"user_id": string
                  }
                  Update: {
                    "channel"?: string,"is_enabled"?: boolean,"kind"?: string,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "notification_preferences_user_id_fkey"
      columns: ["user_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"notifications": {
                  Row: {
                    "actor_count": number,"actor_ids": (string)[],"created_at": string,"data": NonNullable<Json>,"group_key": string | null,"id": string,"is_open": boolean,"kind": string,"read_at": string | null,"recipient_id": string,"seen_at": string | null,"target_id": string | null,"target_kind": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "actor_count"?: number,"actor_ids"?: (string)[],"created_at"?: string,"data"?: NonNullable<Json>,"group_key"?: string | null,"id"?: string,"is_open"?: boolean,"kind": string,"read_at"?: string | null,"recipient_id": string,"seen_at"?: string | null,"target_id"?: string | null,"target_kind"?: string | null
                  }
                  Update: {
                    "actor_count"?: number,"actor_ids"?: (string)[],"created_at"?: string,"data"?: NonNullable<Json>,"group_key"?: string | null,"id"?: string,"is_open"?: boolean,"kind"?: string,"read_at"?: string | null,"recipient_id"?: string,"seen_at"?: string | null,"target_id"?: string | null,"target_kind"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "notifications_recipient_id_fkey"
      columns: ["recipient_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"order_lines": {
                  Row: {
                    "buyer_id": string,"charged_minor": number,"currency": string,"disputed_minor": number,"id": string,"is_refunded": boolean,"is_stock_taken": boolean,"kind": string,"line_minor": number,"name": string,"order_id": string,"paid_at": string | null,"place": number,"platform_fee_minor": number,"processing_fee_minor": number,"product_id": string,"provider_refunded_minor": number,"quantity": number,"refunded_minor": number,"seller_id": string,"seller_net_minor": number,"shipped_at": string | null,"shipping_minor": number,"shipping_required": boolean,"track_ids": (string)[],"tracking": string | null,"unit_minor": number,"variant_id": string | null,"variant_name": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "buyer_id": string,"charged_minor": number,"currency": string,"disputed_minor"?: number,"id"?: string,"is_refunded"?: boolean,"is_stock_taken": boolean,"kind": string,"line_minor": number,"name": string,"order_id": string,"paid_at"?: string | null,"place": number,"platform_fee_minor": number,"processing_fee_minor": number,"product_id": string,"provider_refunded_minor"?: number,"quantity": number,"refunded_minor"?: number,"seller_id": string,"seller_net_minor": number,"shipped_at"?: string | null,"shipping_minor": number,"shipping_required": boolean,"track_ids"?: (string)[],"tracking"?: string | null,"unit_minor": number,"variant_id"?: string | null,"variant_name"?: string | null
                  }
                  Update: {
                    "buyer_id"?: string,"charged_minor"?: number,"currency"?: string,"disputed_minor"?: number,"id"?: string,"is_refunded"?: boolean,"is_stock_taken"?: boolean,"kind"?: string,"line_minor"?: number,"name"?: string,"order_id"?: string,"paid_at"?: string | null,"place"?: number,"platform_fee_minor"?: number,"processing_fee_minor"?: number,"product_id"?: string,"provider_refunded_minor"?: number,"quantity"?: number,"refunded_minor"?: number,"seller_id"?: string,"seller_net_minor"?: number,"shipped_at"?: string | null,"shipping_minor"?: number,"shipping_required"?: boolean,"track_ids"?: (string)[],"tracking"?: string | null,"unit_minor"?: number,"variant_id"?: string | null,"variant_name"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "order_lines_currency_fkey"
      columns: ["currency"]
isOneToOne: false
      referencedRelation: "currencies"
      referencedColumns: ["code"]
    },{
      foreignKeyName: "order_lines_order_id_fkey"
      columns: ["order_id"]
isOneToOne: false
      referencedRelation: "orders"
      referencedColumns: ["id"]
    }
                  ]
                },"orders": {
                  Row: {
                    "buyer_id": string,"client_id": string,"completed_at": string | null,"created_at": string,"currency": string,"expires_at": string,"fee_payer": string,"id": string,"paid_at": string | null,"platform_fee_minor": number,"processing_fee_minor": number,"session_status": string,"shipping_address": Json | null,"shipping_minor": number,"status": string,"stripe_payment_intent_id": string | null,"stripe_session_id": string | null,"subtotal_minor": number,"total_minor": number
                  }
                  ComputedFields: never
                  Insert: {
                    "buyer_id": string,"client_id": string,"completed_at"?: string | null,"created_at"?: string,"currency": string,"expires_at": string,"fee_payer": string,"id"?: string,"paid_at"?: string | null,"platform_fee_minor": number,"processing_fee_minor": number,"session_status"?: string,"shipping_address"?: Json | null,"shipping_minor": number,"status"?: string,"stripe_payment_intent_id"?: string | null,"stripe_session_id"?: string | null,"subtotal_minor": number,"total_minor": number
                  }
                  Update: {
                    "buyer_id"?: string,"client_id"?: string,"completed_at"?: string | null,"created_at"?: string,"currency"?: string,"expires_at"?: string,"fee_payer"?: string,"id"?: string,"paid_at"?: string | null,"platform_fee_minor"?: number,"processing_fee_minor"?: number,"session_status"?: string,"shipping_address"?: Json | null,"shipping_minor"?: number,"status"?: string,"stripe_payment_intent_id"?: string | null,"stripe_session_id"?: string | null,"subtotal_minor"?: number,"total_minor"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "orders_currency_fkey"
      columns: ["currency"]
isOneToOne: false
      referencedRelation: "currencies"
      referencedColumns: ["code"]
    }
                  ]
                },"payouts": {
                  Row: {
                    "amount_minor": number,"closed_at": string | null,"created_at": string,"currency": string,"id": string,"is_requested": boolean,"seller_id": string,"status": string
                  }
                  ComputedFields: never
                  Insert: {
                    "amount_minor": number,"closed_at"?: string | null,"created_at"?: string,"currency": string,"id"?: string,"is_requested": boolean,"seller_id": string,"status"?: string
                  }
                  Update: {
                    "amount_minor"?: number,"closed_at"?: string | null,"created_at"?: string,"currency"?: string,"id"?: string,"is_requested"?: boolean,"seller_id"?: string,"status"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "payouts_currency_fkey"
      columns: ["currency"]
isOneToOne: false
      referencedRelation: "currencies"
      referencedColumns: ["code"]
    }
                  ]
                },"plan_limits": {
                  Row: {
                    "most": number | null,"plan": string,"resource": string
                  }
                  ComputedFields: never
                  Insert: {
                    "most"?: number | null,"plan": string,"resource": string
                  }
                  Update: {
                    "most"?: number | null,"plan"?: string,"resource"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "plan_limits_plan_fkey"
      columns: ["plan"]
isOneToOne: false
      referencedRelation: "plans"
      referencedColumns: ["code"]
    },{
      foreignKeyName: "plan_limits_resource_fkey"
      columns: ["resource"]
isOneToOne: false
      referencedRelation: "plan_resources"
      referencedColumns: ["code"]
    }
                  ]
                },"plan_resources": {
                  Row: {
                    "code": string,"description": string,"is_monthly": boolean,"unit": string
                  }
                  ComputedFields: never
                  Insert: {
                    "code": string,"description": string,"is_monthly": boolean,"unit": string
                  }
                  Update: {
                    "code"?: string,"description"?: string,"is_monthly"?: boolean,"unit"?: string
                  }
                  Relationships: [
                    
                  ]
                },"plans": {
                  Row: {
                    "billing_interval": string | null,"code": string,"currency": string,"description": string,"name": string,"price_minor": number,"rank": number
                  }
                  ComputedFields: never
                  Insert: {
                    "billing_interval"?: string | null,"code": string,"currency": string,"description": string,"name": string,"price_minor": number,"rank": number
                  }
                  Update: {
                    "billing_interval"?: string | null,"code"?: string,"currency"?: string,"description"?: string,"name"?: string,"price_minor"?: number,"rank"?: number
                  }
                  Relationships: [
                    
                  ]
                },"plays": {
                  Row: {
                    "client_event_id": string | null,"id": string,"is_counted": boolean,"listener_id": string | null,"ms_played": number,"played_at": string,"room_id": string | null,"source": string,"track_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "client_event_id"?: string | null,"id"?: string,"is_counted": boolean,"listener_id"?: string | null,"ms_played": number,"played_at"?: string,"room_id"?: string | null,"source": string,"track_id": string
                  }
                  Update: {
                    "client_event_id"?: string | null,"id"?: string,"is_counted"?: boolean,"listener_id"?: string | null,"ms_played"?: number,"played_at"?: string,"room_id"?: string | null,"source"?: string,"track_id"?: string
                  }
                  Relationships: [
                    
                  ]
                },"point_events": {
                  Row: {
                    "cause": string,"created_at": string,"earned_on": string,"id": number,"points": number,"reverses_id": number | null,"rule": string,"season": string,"turn": number,"units": number,"user_id": string,"withheld": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "cause": string,"created_at"?: string,"earned_on": string,"id"?: number,"points": number,"reverses_id"?: number | null,"rule": string,"season": string,"turn"?: number,"units"?: number,"user_id": string,"withheld"?: string | null
                  }
                  Update: {
                    "cause"?: string,"created_at"?: string,"earned_on"?: string,"id"?: number,"points"?: number,"reverses_id"?: number | null,"rule"?: string,"season"?: string,"turn"?: number,"units"?: number,"user_id"?: string,"withheld"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "point_events_reverses_id_fkey"
      columns: ["reverses_id"]
isOneToOne: true
      referencedRelation: "point_events"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "point_events_rule_fkey"
      columns: ["rule"]
isOneToOne: false
      referencedRelation: "point_rules"
      referencedColumns: ["name"]
    },{
      foreignKeyName: "point_events_user_id_fkey"
      columns: ["user_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"point_rules": {
                  Row: {
                    "cooldown_seconds": number,"daily_cap": number | null,"description": string,"is_active": boolean,"minimum_account_age_days": number,"name": string,"points": number,"streak": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "cooldown_seconds"?: number,"daily_cap"?: number | null,"description": string,"is_active"?: boolean,"minimum_account_age_days"?: number,"name": string,"points": number,"streak"?: string | null
                  }
                  Update: {
                    "cooldown_seconds"?: number,"daily_cap"?: number | null,"description"?: string,"is_active"?: boolean,"minimum_account_age_days"?: number,"name"?: string,"points"?: number,"streak"?: string | null
                  }
                  Relationships: [
                    
                  ]
                },"posts": {
                  Row: {
                    "audience": string,"author_id": string,"body": string | null,"client_id": string | null,"comment_count": number,"crate_id": string | null,"created_at": string,"deleted_at": string | null,"edited_at": string | null,"id": string,"is_withheld": boolean,"kind": string,"like_count": number,"media_paths": (string)[],"repost_count": number,"track_id": string | null,"visibility": string
                  }
                  ComputedFields: never
                  Insert: {
                    "audience"?: string,"author_id": string,"body"?: string | null,"client_id"?: string | null,"comment_count"?: number,"crate_id"?: string | null,"created_at"?: string,"deleted_at"?: string | null,"edited_at"?: string | null,"id"?: string,"is_withheld"?: boolean,"kind": string,"like_count"?: number,"media_paths"?: (string)[],"repost_count"?: number,"track_id"?: string | null,"visibility"?: string
                  }
                  Update: {
                    "audience"?: string,"author_id"?: string,"body"?: string | null,"client_id"?: string | null,"comment_count"?: number,"crate_id"?: string | null,"created_at"?: string,"deleted_at"?: string | null,"edited_at"?: string | null,"id"?: string,"is_withheld"?: boolean,"kind"?: string,"like_count"?: number,"media_paths"?: (string)[],"repost_count"?: number,"track_id"?: string | null,"visibility"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "posts_author_id_fkey"
      columns: ["author_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"product_variants": {
                  Row: {
                    "id": string,"is_active": boolean,"name": string,"price_minor": number | null,"product_id": string,"stock": number | null
                  }
                  ComputedFields: never
                  Insert: {
                    "id"?: string,"is_active"?: boolean,"name": string,"price_minor"?: number | null,"product_id": string,"stock"?: number | null
                  }
                  Update: {
                    "id"?: string,"is_active"?: boolean,"name"?: string,"price_minor"?: number | null,"product_id"?: string,"stock"?: number | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "product_variants_product_id_fkey"
      columns: ["product_id"]
isOneToOne: false
      referencedRelation: "products"
      referencedColumns: ["id"]
    }
                  ]
                },"products": {
                  Row: {
                    "created_at": string,"currency": string,"description": string,"event_at": string | null,"external_url": string | null,"id": string,"image_paths": (string)[],"is_active": boolean,"is_withheld": boolean,"kind": string,"max_per_order": number,"minimum_minor": number | null,"name": string,"price_minor": number | null,"pricing": string | null,"seller_id": string,"shipping_minor": number,"shipping_required": boolean,"sold_count": number,"stock": number | null,"track_ids": (string)[],"updated_at": string,"venue": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"currency"?: string,"description"?: string,"event_at"?: string | null,"external_url"?: string | null,"id"?: string,"image_paths"?: (string)[],"is_active"?: boolean,"is_withheld"?: boolean,"kind": string,"max_per_order"?: number,"minimum_minor"?: number | null,"name": string,"price_minor"?: number | null,"pricing"?: string | null,"seller_id"?: string,"shipping_minor"?: number,"shipping_required"?: boolean,"sold_count"?: number,"stock"?: number | null,"track_ids"?: (string)[],"updated_at"?: string,"venue"?: string | null
                  }
                  Update: {
                    "created_at"?: string,"currency"?: string,"description"?: string,"event_at"?: string | null,"external_url"?: string | null,"id"?: string,"image_paths"?: (string)[],"is_active"?: boolean,"is_withheld"?: boolean,"kind"?: string,"max_per_order"?: number,"minimum_minor"?: number | null,"name"?: string,"price_minor"?: number | null,"pricing"?: string | null,"seller_id"?: string,"shipping_minor"?: number,"shipping_required"?: boolean,"sold_count"?: number,"stock"?: number | null,"track_ids"?: (string)[],"updated_at"?: string,"venue"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "products_currency_fkey"
      columns: ["currency"]
isOneToOne: false
      referencedRelation: "currencies"
      referencedColumns: ["code"]
    },{
      foreignKeyName: "products_seller_id_fkey"
      columns: ["seller_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"profiles": {
                  Row: {
                    "avatar_path": string | null,"bio": string,"created_at": string,"display_name": string,"follower_count": number,"following_count": number,"genres": (string)[],"id": string,"is_private": boolean,"kind": string,"post_count": number,"time_zone": string,"updated_at": string,"username": string
                  }
                  ComputedFields: never
                  Insert: {
                    "avatar_path"?: string | null,"bio"?: string,"created_at"?: string,"display_name": string,"follower_count"?: number,"following_count"?: number,"genres"?: (string)[],"id": string,"is_private"?: boolean,"kind"?: string,"post_count"?: number,"time_zone"?: string,"updated_at"?: string,"username": string
                  }
                  Update: {
                    "avatar_path"?: string | null,"bio"?: string,"created_at"?: string,"display_name"?: string,"follower_count"?: number,"following_count"?: number,"genres"?: (string)[],"id"?: string,"is_private"?: boolean,"kind"?: string,"post_count"?: number,"time_zone"?: string,"updated_at"?: string,"username"?: string
                  }
                  Relationships: [
                    
                  ]
                },"progression": {
                  Row: {
                    "artists_discovered": number,"comments_created": number,"crates_created": number,"dj_tracks_played": number,"level": number,"posts_created": number,"season": string | null,"season_points": number,"total_points": number,"upvotes_received": number,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "artists_discovered"?: number,"comments_created"?: number,"crates_created"?: number,"dj_tracks_played"?: number,"level"?: number,"posts_created"?: number,"season"?: string | null,"season_points"?: number,"total_points"?: number,"upvotes_received"?: number,"user_id": string
                  }
                  Update: {
                    "artists_discovered"?: number,"comments_created"?: number,"crates_created"?: number,"dj_tracks_played"?: number,"level"?: number,"posts_created"?: number,"season"?: string | null,"season_points"?: number,"total_points"?: number,"upvotes_received"?: number,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "progression_level_fkey"
      columns: ["level"]
isOneToOne: false
      referencedRelation: "levels"
      referencedColumns: ["level"]
    },{
      foreignKeyName: "progression_user_id_fkey"
      columns: ["user_id"]
isOneToOne: true
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"push_tokens": {
                  Row: {
                    "created_at": string,"device_name": string | null,"platform": string,"registered_at": string,"token": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"device_name"?: string | null,"platform": string,"registered_at"?: string,"token": string,"user_id": string
                  }
                  Update: {
                    "created_at"?: string,"device_name"?: string | null,"platform"?: string,"registered_at"?: string,"token"?: string,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "push_tokens_user_id_fkey"
      columns: ["user_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"quest_claims": {
                  Row: {
                    "claimed_at": string,"credits": number,"id": number,"period_key": string,"points": number,"quest_id": string,"user_id": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "claimed_at"?: string,"credits": number,"id"?: number,"period_key": string,"points": number,"quest_id": string,"user_id"?: string | null
                  }
                  Update: {
                    "claimed_at"?: string,"credits"?: number,"id"?: number,"period_key"?: string,"points"?: number,"quest_id"?: string,"user_id"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "quest_claims_quest_id_fkey"
      columns: ["quest_id"]
isOneToOne: false
      referencedRelation: "quests"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "quest_claims_user_id_fkey"
      columns: ["user_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"quests": {
                  Row: {
                    "cadence": string,"credits": number,"description": string,"ends_at": string | null,"id": string,"is_active": boolean,"metric": string,"name": string,"points": number,"pool_limit": number | null,"starts_at": string,"target": number
                  }
                  ComputedFields: never
                  Insert: {
                    "cadence": string,"credits": number,"description": string,"ends_at"?: string | null,"id"?: string,"is_active"?: boolean,"metric": string,"name": string,"points": number,"pool_limit"?: number | null,"starts_at": string,"target": number
                  }
                  Update: {
                    "cadence"?: string,"credits"?: number,"description"?: string,"ends_at"?: string | null,"id"?: string,"is_active"?: boolean,"metric"?: string,"name"?: string,"points"?: number,"pool_limit"?: number | null,"starts_at"?: string,"target"?: number
                  }
                  Relationships: [
                    
                  ]
                },"queue_items": {
                  Row: {
                    "added_by": string | null,"created_at": string,"down_count": number,"duration_ms": number,"ends_at": string | null,"finished_at": string | null,"id": string,"played_before": number,"position": number,"room_id": string,"session_id": string,"shown": string | null,"skip_reason": string | null,"skip_vote_count": number,"skipped_by": string | null,"started_at": string | null,"status": string,"track": Json | null,"track_id": string | null,"up_count": number
                  }
                  ComputedFields: never
                  Insert: {
                    "added_by"?: string | null,"created_at"?: string,"down_count"?: number,"duration_ms": number,"ends_at"?: string | null,"finished_at"?: string | null,"id"?: string,"played_before"?: number,"position": number,"room_id": string,"session_id": string,"shown"?: string | null,"skip_reason"?: string | null,"skip_vote_count"?: number,"skipped_by"?: string | null,"started_at"?: string | null,"status"?: string,"track"?: Json | null,"track_id"?: string | null,"up_count"?: number
                  }
                  Update: {
                    "added_by"?: string | null,"created_at"?: string,"down_count"?: number,"duration_ms"?: number,"ends_at"?: string | null,"finished_at"?: string | null,"id"?: string,"played_before"?: number,"position"?: number,"room_id"?: string,"session_id"?: string,"shown"?: string | null,"skip_reason"?: string | null,"skip_vote_count"?: number,"skipped_by"?: string | null,"started_at"?: string | null,"status"?: string,"track"?: Json | null,"track_id"?: string | null,"up_count"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "queue_items_added_by_fkey"
      columns: ["added_by"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "queue_items_room_id_fkey"
      columns: ["room_id"]
isOneToOne: false
      referencedRelation: "rooms"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "queue_items_session_id_fkey"
      columns: ["session_id"]
isOneToOne: false
      referencedRelation: "dj_sessions"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "queue_items_skipped_by_fkey"
      columns: ["skipped_by"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "queue_items_track_id_fkey"
      columns: ["track_id"]
isOneToOne: false
      referencedRelation: "tracks"
      referencedColumns: ["id"]
    }
                  ]
                },"queue_votes": {
                  Row: {
                    "item_id": string,"user_id": string,"value": number,"voted_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "item_id": string,"user_id": string,"value": number,"voted_at"?: string
                  }
                  Update: {
                    "item_id"?: string,"user_id"?: string,"value"?: number,"voted_at"?: string
                  }
                  Relationships: [
                    
                  ]
                },"quiet_hours": {
                  Row: {
                    "ends": string,"starts": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "ends": string,"starts": string,"user_id": string
                  }
                  Update: {
                    "ends"?: string,"starts"?: string,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "quiet_hours_user_id_fkey"
      columns: ["user_id"]
isOneToOne: true
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"reaction_emoji": {
                  Row: {
                    "emoji": string,"place": number
                  }
                  ComputedFields: never
                  Insert: {
                    "emoji": string,"place": number
                  }
                  Update: {
                    "emoji"?: string,"place"?: number
                  }
                  Relationships: [
                    
                  ]
                },"refunds": {
                  Row: {
                    "amount_minor": number,"buyer_id": string,"created_at": string,"currency": string,"decided_at": string | null,"decided_by": string | null,"failure": string | null,"finished_at": string | null,"id": string,"note": string | null,"order_id": string,"order_line_id": string | null,"payment_intent_id": string | null,"reason": string | null,"seller_id": string | null,"status": string,"stripe_refund_id": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "amount_minor": number,"buyer_id": string,"created_at"?: string,"currency": string,"decided_at"?: string | null,"decided_by"?: string | null,"failure"?: string | null,"finished_at"?: string | null,"id"?: string,"note"?: string | null,"order_id": string,"order_line_id"?: string | null,"payment_intent_id"?: string | null,"reason"?: string | null,"seller_id"?: string | null,"status": string,"stripe_refund_id"?: string | null
                  }
                  Update: {
                    "amount_minor"?: number,"buyer_id"?: string,"created_at"?: string,"currency"?: string,"decided_at"?: string | null,"decided_by"?: string | null,"failure"?: string | null,"finished_at"?: string | null,"id"?: string,"note"?: string | null,"order_id"?: string,"order_line_id"?: string | null,"payment_intent_id"?: string | null,"reason"?: string | null,"seller_id"?: string | null,"status"?: string,"stripe_refund_id"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "refunds_currency_fkey"
      columns: ["currency"]
isOneToOne: false
      referencedRelation: "currencies"
      referencedColumns: ["code"]
    },{
      foreignKeyName: "refunds_order_id_fkey"
      columns: ["order_id"]
isOneToOne: false
      referencedRelation: "orders"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "refunds_order_line_id_fkey"
      columns: ["order_line_id"]
isOneToOne: false
      referencedRelation: "order_lines"
      referencedColumns: ["id"]
    }
                  ]
                },"reports": {
                  Row: {
                    "case_id": string,"copy": Json | null,"created_at": string,"description": string | null,"id": string,"is_scored": boolean,"is_young": boolean,"reason": string,"reporter_id": string | null,"reviewed_at": string | null,"status": string,"subject_id": string | null,"target_id": string,"target_kind": string,"weight": number
                  }
                  ComputedFields: never
                  Insert: {
                    "case_id": string,"copy"?: Json | null,"created_at"?: string,"description"?: string | null,"id"?: string,"is_scored"?: boolean,"is_young": boolean,"reason": string,"reporter_id"?: string | null,"reviewed_at"?: string | null,"status"?: string,"subject_id"?: string | null,"target_id": string,"target_kind": string,"weight": number
                  }
                  Update: {
                    "case_id"?: string,"copy"?: Json | null,"created_at"?: string,"description"?: string | null,"id"?: string,"is_scored"?: boolean,"is_young"?: boolean,"reason"?: string,"reporter_id"?: string | null,"reviewed_at"?: string | null,"status"?: string,"subject_id"?: string | null,"target_id"?: string,"target_kind"?: string,"weight"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "reports_case_id_fkey"
      columns: ["case_id"]
isOneToOne: false
      referencedRelation: "moderation_cases"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "reports_reporter_id_fkey"
      columns: ["reporter_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "reports_subject_id_fkey"
      columns: ["subject_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"reposts": {
                  Row: {
                    "created_at": string,"id": string,"post_id": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"id"?: string,"post_id": string,"user_id": string
                  }
                  Update: {
                    "created_at"?: string,"id"?: string,"post_id"?: string,"user_id"?: string
                  }
                  Relationships: [
                    
                  ]
                },"rights_declarations": {
                  Row: {
                    "accepted_at": string,"artist_id": string,"kind": string,"sources": (string)[],"track_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "accepted_at"?: string,"artist_id": string,"kind": string,"sources"?: (string)[],"track_id": string
                  }
                  Update: {
                    "accepted_at"?: string,"artist_id"?: string,"kind"?: string,"sources"?: (string)[],"track_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "rights_declarations_artist_id_fkey"
      columns: ["artist_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "rights_declarations_track_id_fkey"
      columns: ["track_id"]
isOneToOne: true
      referencedRelation: "tracks"
      referencedColumns: ["id"]
    }
                  ]
                },"room_bans": {
                  Row: {
                    "banned_by": string | null,"created_at": string,"reason": string | null,"room_id": string,"until": string | null,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "banned_by"?: string | null,"created_at"?: string,"reason"?: string | null,"room_id": string,"until"?: string | null,"user_id": string
                  }
                  Update: {
                    "banned_by"?: string | null,"created_at"?: string,"reason"?: string | null,"room_id"?: string,"until"?: string | null,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "room_bans_banned_by_fkey"
      columns: ["banned_by"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "room_bans_room_id_fkey"
      columns: ["room_id"]
isOneToOne: false
      referencedRelation: "rooms"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "room_bans_user_id_fkey"
      columns: ["user_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"room_history": {
                  Row: {
                    "artist_name": string | null,"dj_id": string | null,"down_count": number,"finished_at": string,"id": string,"is_skipped": boolean,"item_id": string,"listener_count": number,"mode": string,"ms_played": number,"room_id": string,"session_id": string,"skip_reason": string | null,"skipped_by": string | null,"started_at": string,"title": string | null,"track_id": string | null,"up_count": number
                  }
                  ComputedFields: never
                  Insert: {
                    "artist_name"?: string | null,"dj_id"?: string | null,"down_count": number,"finished_at": string,"id"?: string,"is_skipped": boolean,"item_id": string,"listener_count": number,"mode": string,"ms_played": number,"room_id": string,"session_id": string,"skip_reason"?: string | null,"skipped_by"?: string | null,"started_at": string,"title"?: string | null,"track_id"?: string | null,"up_count": number
                  }
                  Update: {
                    "artist_name"?: string | null,"dj_id"?: string | null,"down_count"?: number,"finished_at"?: string,"id"?: string,"is_skipped"?: boolean,"item_id"?: string,"listener_count"?: number,"mode"?: string,"ms_played"?: number,"room_id"?: string,"session_id"?: string,"skip_reason"?: string | null,"skipped_by"?: string | null,"started_at"?: string,"title"?: string | null,"track_id"?: string | null,"up_count"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "room_history_dj_id_fkey"
      columns: ["dj_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "room_history_room_id_fkey"
      columns: ["room_id"]
isOneToOne: false
      referencedRelation: "rooms"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "room_history_skipped_by_fkey"
      columns: ["skipped_by"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"room_invites": {
                  Row: {
                    "code": string,"created_at": string,"expires_at": string,"id": string,"invited_by": string,"role": string,"room_id": string,"use_count": number,"use_limit": number | null,"user_id": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "code": string,"created_at"?: string,"expires_at": string,"id"?: string,"invited_by": string,"role"?: string,"room_id": string,"use_count"?: number,"use_limit"?: number | null,"user_id"?: string | null
                  }
                  Update: {
                    "code"?: string,"created_at"?: string,"expires_at"?: string,"id"?: string,"invited_by"?: string,"role"?: string,"room_id"?: string,"use_count"?: number,"use_limit"?: number | null,"user_id"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "room_invites_invited_by_fkey"
      columns: ["invited_by"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "room_invites_room_id_fkey"
      columns: ["room_id"]
isOneToOne: false
      referencedRelation: "rooms"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "room_invites_user_id_fkey"
      columns: ["user_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"room_members": {
                  Row: {
                    "joined_at": string,"role": string,"room_id": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "joined_at"?: string,"role"?: string,"room_id": string,"user_id": string
                  }
                  Update: {
                    "joined_at"?: string,"role"?: string,"room_id"?: string,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "room_members_room_id_fkey"
      columns: ["room_id"]
isOneToOne: false
      referencedRelation: "rooms"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "room_members_user_id_fkey"
      columns: ["user_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"room_mutes": {
                  Row: {
                    "created_at": string,"muted_by": string | null,"room_id": string,"until": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"muted_by"?: string | null,"room_id": string,"until": string,"user_id": string
                  }
                  Update: {
                    "created_at"?: string,"muted_by"?: string | null,"room_id"?: string,"until"?: string,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "room_mutes_muted_by_fkey"
      columns: ["muted_by"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "room_mutes_room_id_fkey"
      columns: ["room_id"]
isOneToOne: false
      referencedRelation: "rooms"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "room_mutes_user_id_fkey"
      columns: ["user_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"room_presence": {
                  Row: {
                    "last_seen_at": string,"room_id": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "last_seen_at"?: string,"room_id": string,"user_id": string
                  }
                  Update: {
                    "last_seen_at"?: string,"room_id"?: string,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "room_presence_of_members"
      columns: ["room_id","user_id"]
isOneToOne: true
      referencedRelation: "room_members"
      referencedColumns: ["room_id","user_id"]
    }
                  ]
                },"rooms": {
                  Row: {
                    "artist_id": string | null,"avatar_path": string | null,"client_id": string | null,"created_at": string,"deleted_at": string | null,"description": string,"downvotes_enabled": boolean,"genre": string | null,"id": string,"is_withheld": boolean,"kind": string,"max_track_ms": number,"member_count": number,"member_limit": number,"name": string | null,"owner_id": string | null,"pinned_track_id": string | null,"queue_limit_per_member": number,"region": string | null,"repeat_window_minutes": number,"rotation_cycles": boolean,"slow_mode_seconds": number,"slug": string,"tags": (string)[],"tracks_per_turn": number,"updated_at": string,"visibility": string,"vote_skip_enabled": boolean,"vote_skip_minimum": number,"vote_skip_ratio": number
                  }
                  ComputedFields: never
                  Insert: {
                    "artist_id"?: string | null,"avatar_path"?: string | null,"client_id"?: string | null,"created_at"?: string,"deleted_at"?: string | null,"description"?: string,"downvotes_enabled"?: boolean,"genre"?: string | null,"id"?: string,"is_withheld"?: boolean,"kind"?: string,"max_track_ms"?: number,"member_count"?: number,"member_limit"?: number,"name"?: string | null,"owner_id"?: string | null,"pinned_track_id"?: string | null,"queue_limit_per_member"?: number,"region"?: string | null,"repeat_window_minutes"?: number,"rotation_cycles"?: boolean,"slow_mode_seconds"?: number,"slug": string,"tags"?: (string)[],"tracks_per_turn"?: number,"updated_at"?: string,"visibility"?: string,"vote_skip_enabled"?: boolean,"vote_skip_minimum"?: number,"vote_skip_ratio"?: number
                  }
                  Update: {
                    "artist_id"?: string | null,"avatar_path"?: string | null,"client_id"?: string | null,"created_at"?: string,"deleted_at"?: string | null,"description"?: string,"downvotes_enabled"?: boolean,"genre"?: string | null,"id"?: string,"is_withheld"?: boolean,"kind"?: string,"max_track_ms"?: number,"member_count"?: number,"member_limit"?: number,"name"?: string | null,"owner_id"?: string | null,"pinned_track_id"?: string | null,"queue_limit_per_member"?: number,"region"?: string | null,"repeat_window_minutes"?: number,"rotation_cycles"?: boolean,"slow_mode_seconds"?: number,"slug"?: string,"tags"?: (string)[],"tracks_per_turn"?: number,"updated_at"?: string,"visibility"?: string,"vote_skip_enabled"?: boolean,"vote_skip_minimum"?: number,"vote_skip_ratio"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "rooms_artist_id_fkey"
      columns: ["artist_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "rooms_genre_fkey"
      columns: ["genre"]
isOneToOne: false
      referencedRelation: "genres"
      referencedColumns: ["slug"]
    },{
      foreignKeyName: "rooms_owner_id_fkey"
      columns: ["owner_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "rooms_pinned_track_id_fkey"
      columns: ["pinned_track_id"]
isOneToOne: false
      referencedRelation: "tracks"
      referencedColumns: ["id"]
    }
                  ]
                },"rotation_slots": {
                  Row: {
                    "afk_warned_at": string | null,"joined_at": string,"position": number,"session_id": string,"turn_count": number,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "afk_warned_at"?: string | null,"joined_at"?: string,"position": number,"session_id": string,"turn_count"?: number,"user_id": string
                  }
                  Update: {
                    "afk_warned_at"?: string | null,"joined_at"?: string,"position"?: number,"session_id"?: string,"turn_count"?: number,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "rotation_slots_session_id_fkey"
      columns: ["session_id"]
isOneToOne: false
      referencedRelation: "dj_sessions"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "rotation_slots_user_id_fkey"
      columns: ["user_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"royalty_rates": {
                  Row: {
                    "effective_from": string,"micro_usd": number
                  }
                  ComputedFields: never
                  Insert: {
                    "effective_from": string,"micro_usd": number
                  }
                  Update: {
                    "effective_from"?: string,"micro_usd"?: number
                  }
                  Relationships: [
                    
                  ]
                },"sanctions": {
                  Row: {
                    "case_id": string | null,"created_at": string,"id": string,"issued_by": string | null,"kind": string,"lifted_at": string | null,"lifted_by": string | null,"reason": string | null,"room_id": string | null,"until": string | null,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "case_id"?: string | null,"created_at"?: string,"id"?: string,"issued_by"?: string | null,"kind": string,"lifted_at"?: string | null,"lifted_by"?: string | null,"reason"?: string | null,"room_id"?: string | null,"until"?: string | null,"user_id": string
                  }
                  Update: {
                    "case_id"?: string | null,"created_at"?: string,"id"?: string,"issued_by"?: string | null,"kind"?: string,"lifted_at"?: string | null,"lifted_by"?: string | null,"reason"?: string | null,"room_id"?: string | null,"until"?: string | null,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "sanctions_case_id_fkey"
      columns: ["case_id"]
isOneToOne: false
      referencedRelation: "moderation_cases"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "sanctions_issued_by_fkey"
      columns: ["issued_by"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "sanctions_lifted_by_fkey"
      columns: ["lifted_by"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "sanctions_room_id_fkey"
      columns: ["room_id"]
isOneToOne: false
      referencedRelation: "rooms"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "sanctions_user_id_fkey"
      columns: ["user_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"season_results": {
                  Row: {
                    "credits": number,"is_told": boolean,"rank": number,"score": number,"season": string,"tier": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "credits": number,"is_told"?: boolean,"rank": number,"score": number,"season": string,"tier": string,"user_id": string
                  }
                  Update: {
                    "credits"?: number,"is_told"?: boolean,"rank"?: number,"score"?: number,"season"?: string,"tier"?: string,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "season_results_season_fkey"
      columns: ["season"]
isOneToOne: false
      referencedRelation: "seasons"
      referencedColumns: ["code"]
    },{
      foreignKeyName: "season_results_user_id_fkey"
      columns: ["user_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"seasons": {
                  Row: {
                    "closed_at": string | null,"code": string,"ends_at": string,"hash": string | null,"people": number | null,"starts_at": string,"status": string
                  }
                  ComputedFields: never
                  Insert: {
                    "closed_at"?: string | null,"code": string,"ends_at": string,"hash"?: string | null,"people"?: number | null,"starts_at": string,"status"?: string
                  }
                  Update: {
                    "closed_at"?: string | null,"code"?: string,"ends_at"?: string,"hash"?: string | null,"people"?: number | null,"starts_at"?: string,"status"?: string
                  }
                  Relationships: [
                    
                  ]
                },"session_contributors": {
                  Row: {
                    "created_at": string,"session_id": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"session_id": string,"user_id": string
                  }
                  Update: {
                    "created_at"?: string,"session_id"?: string,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "session_contributors_session_id_fkey"
      columns: ["session_id"]
isOneToOne: false
      referencedRelation: "dj_sessions"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "session_contributors_user_id_fkey"
      columns: ["user_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"skip_votes": {
                  Row: {
                    "item_id": string,"user_id": string,"voted_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "item_id": string,"user_id": string,"voted_at"?: string
                  }
                  Update: {
                    "item_id"?: string,"user_id"?: string,"voted_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "skip_votes_item_id_fkey"
      columns: ["item_id"]
isOneToOne: false
      referencedRelation: "queue_items"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "skip_votes_user_id_fkey"
      columns: ["user_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"streaks": {
                  Row: {
                    "board_score": number,"breaks_at": string | null,"counted_at": string,"counted_in": string,"counted_period": string,"current": number,"freezes": number,"kept_in": string,"kind": string,"last_period": string,"longest": number,"remind_at": string | null,"updated_at": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "board_score"?: number,"breaks_at"?: string | null,"counted_at": string,"counted_in": string,"counted_period": string,"current": number,"freezes": number,"kept_in": string,"kind": string,"last_period": string,"longest": number,"remind_at"?: string | null,"updated_at"?: string,"user_id": string
                  }
                  Update: {
                    "board_score"?: number,"breaks_at"?: string | null,"counted_at"?: string,"counted_in"?: string,"counted_period"?: string,"current"?: number,"freezes"?: number,"kept_in"?: string,"kind"?: string,"last_period"?: string,"longest"?: number,"remind_at"?: string | null,"updated_at"?: string,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "streaks_user_id_fkey"
      columns: ["user_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"subscriptions": {
                  Row: {
                    "cancels_at": string | null,"ended_at": string | null,"id": string,"period_end": string,"period_start": string,"plan": string,"started_at": string,"status": string,"user_id": string,"version": NonNullable<Json>
                  }
                  ComputedFields: never
                  Insert: {
                    "cancels_at"?: string | null,"ended_at"?: string | null,"id": string,"period_end": string,"period_start": string,"plan": string,"started_at": string,"status": string,"user_id": string,"version": NonNullable<Json>
                  }
                  Update: {
                    "cancels_at"?: string | null,"ended_at"?: string | null,"id"?: string,"period_end"?: string,"period_start"?: string,"plan"?: string,"started_at"?: string,"status"?: string,"user_id"?: string,"version"?: NonNullable<Json>
                  }
                  Relationships: [
                    {
      foreignKeyName: "subscriptions_plan_fkey"
      columns: ["plan"]
isOneToOne: false
      referencedRelation: "plans"
      referencedColumns: ["code"]
    },{
      foreignKeyName: "subscriptions_user_id_fkey"
      columns: ["user_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"tracks": {
                  Row: {
                    "artist_id": string | null,"artist_name": string,"artwork_path": string | null,"artwork_url": string | null,"bpm": number | null,"client_id": string | null,"comment_count": number,"created_at": string,"duration_ms": number,"file_bytes": number | null,"file_format": string | null,"genre": string | null,"id": string,"is_explicit": boolean,"isrc": string | null,"kind": string,"like_count": number,"musical_key": string | null,"play_count": number,"provider": string,"provider_track_id": string,"published_at": string | null,"removed_from": string | null,"repost_count": number,"status": string,"title": string
                  }
                  ComputedFields: never
                  Insert: {
                    "artist_id"?: string | null,"artist_name": string,"artwork_path"?: string | null,"artwork_url"?: string | null,"bpm"?: number | null,"client_id"?: string | null,"comment_count"?: number,"created_at"?: string,"duration_ms": number,"file_bytes"?: number | null,"file_format"?: string | null,"genre"?: string | null,"id"?: string,"is_explicit"?: boolean,"isrc"?: string | null,"kind"?: string,"like_count"?: number,"musical_key"?: string | null,"play_count"?: number,"provider": string,"provider_track_id": string,"published_at"?: string | null,"removed_from"?: string | null,"repost_count"?: number,"status"?: string,"title": string
                  }
                  Update: {
                    "artist_id"?: string | null,"artist_name"?: string,"artwork_path"?: string | null,"artwork_url"?: string | null,"bpm"?: number | null,"client_id"?: string | null,"comment_count"?: number,"created_at"?: string,"duration_ms"?: number,"file_bytes"?: number | null,"file_format"?: string | null,"genre"?: string | null,"id"?: string,"is_explicit"?: boolean,"isrc"?: string | null,"kind"?: string,"like_count"?: number,"musical_key"?: string | null,"play_count"?: number,"provider"?: string,"provider_track_id"?: string,"published_at"?: string | null,"removed_from"?: string | null,"repost_count"?: number,"status"?: string,"title"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "tracks_artist_id_fkey"
      columns: ["artist_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "tracks_genre_fkey"
      columns: ["genre"]
isOneToOne: false
      referencedRelation: "genres"
      referencedColumns: ["slug"]
    }
                  ]
                },"verification_requests": {
                  Row: {
                    "artist_id": string,"code": string,"crawl_count": number,"crawled_at": string | null,"created_at": string,"decided_at": string | null,"decided_by": string | null,"findings": NonNullable<Json>,"id": string,"leased_until": string | null,"next_crawl_at": string,"note": string | null,"status": string,"urls": (string)[]
                  }
                  ComputedFields: never
                  Insert: {
                    "artist_id": string,"code": string,"crawl_count"?: number,"crawled_at"?: string | null,"created_at"?: string,"decided_at"?: string | null,"decided_by"?: string | null,"findings"?: NonNullable<Json>,"id"?: string,"leased_until"?: string | null,"next_crawl_at"?: string,"note"?: string | null,"status"?: string,"urls": (string)[]
                  }
                  Update: {
                    "artist_id"?: string,"code"?: string,"crawl_count"?: number,"crawled_at"?: string | null,"created_at"?: string,"decided_at"?: string | null,"decided_by"?: string | null,"findings"?: NonNullable<Json>,"id"?: string,"leased_until"?: string | null,"next_crawl_at"?: string,"note"?: string | null,"status"?: string,"urls"?: (string)[]
                  }
                  Relationships: [
                    {
      foreignKeyName: "verification_requests_artist_id_fkey"
      columns: ["artist_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "verification_requests_decided_by_fkey"
      columns: ["decided_by"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                }
          }
          Views: {
            [_ in never]: never
          }
          Functions: {
            "accept_message_request":
{ Args: { "conversation_id": string }; Returns: Database["public"]['CompositeTypes']["conversation_row"]
                          SetofOptions: {
        from: "*"
        to: "conversation_row"
        isOneToOne: true
        isSetofReturn: false
      } },
"accept_revenue_split":
{ Args: { "split_id": string }; Returns: Json
                           },
"activity_feed":
{ Args: { "after"?: string,"page_size"?: number }; Returns: Database["public"]['CompositeTypes']["activity_row"][]
                          SetofOptions: {
        from: "*"
        to: "activity_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"add_to_conversation":
{ Args: { "conversation_id": string,"usernames": (string)[] }; Returns: Database["public"]['CompositeTypes']["conversation_row"]
                          SetofOptions: {
        from: "*"
        to: "conversation_row"
        isOneToOne: true
        isSetofReturn: false
      } },
"add_to_crate":
{ Args: { "crate_id": string,"note"?: string,"track_id": string }; Returns: {
              "added_at": string,
"added_by": string | null,
"crate_id": string,
"duration_ms": number,
"id": string,
"note": string | null,
"owner_id": string,
"position": number,
"track_id": string
            }
                          SetofOptions: {
        from: "*"
        to: "crate_items"
        isOneToOne: true
        isSetofReturn: false
      } },
"advance_session":
{ Args: { "expected_sequence": number,"session_id": string }; Returns: Json
                           },
"appeal":
{ Args: { "sanction_id": string,"text": string }; Returns: Json
                           },
"appeal_detection":
{ Args: { "appeal": string,"detection_id": string }; Returns: Database["public"]['CompositeTypes']["detection_row"]
                          SetofOptions: {
        from: "*"
        to: "detection_row"
        isOneToOne: true
        isSetofReturn: false
      } },
"artist_tracks":
{ Args: { "after"?: string,"page_size"?: number,"username": string }; Returns: Database["public"]['CompositeTypes']["track_row"][]
                          SetofOptions: {
        from: "*"
        to: "track_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"audit_log":
{ Args: { "after"?: string,"page_size"?: number }; Returns: Database["public"]['CompositeTypes']["audit_row"][]
                          SetofOptions: {
        from: "*"
        to: "audit_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"award_badge":
{ Args: { "badge_code": string,"note"?: string,"username": string }; Returns: boolean
                           },
"become_artist":
{ Args: Record<PropertyKey, never>; Returns: {
              "is_trusted_uploader": boolean,
"is_verified": boolean,
"links": (string)[],
"profile_id": string,
"trusted_since": string | null,
"upload_count": number,
"verified_at": string | null,
"verified_upload_count": number
            }
                          SetofOptions: {
        from: "*"
        to: "artist_profiles"
        isOneToOne: true
        isSetofReturn: false
      } },
"block":
{ Args: { "username": string }; Returns: Json
                           },
"change_session_mode":
{ Args: { "mode": string,"session_id": string }; Returns: Json
                           },
"change_username":
{ Args: { "username": string }; Returns: {
              "avatar_path": string | null,
"bio": string,
"created_at": string,
"display_name": string,
"follower_count": number,
"following_count": number,
"genres": (string)[],
"id": string,
"is_private": boolean,
"kind": string,
"post_count": number,
"time_zone": string,
"updated_at": string,
"username": string
            }
                          SetofOptions: {
        from: "*"
        to: "profiles"
        isOneToOne: true
        isSetofReturn: false
      } },
"check_in":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"claim_case":
{ Args: { "case_id": string }; Returns: Database["public"]['CompositeTypes']["case_row"]
                          SetofOptions: {
        from: "*"
        to: "case_row"
        isOneToOne: true
        isSetofReturn: false
      } },
"claim_quest":
{ Args: { "quest_id": string }; Returns: Json
                           },
"claims_queue":
{ Args: { "after"?: string,"page_size"?: number,"status"?: string }; Returns: Database["public"]['CompositeTypes']["claim_queue_row"][]
                          SetofOptions: {
        from: "*"
        to: "claim_queue_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"clear_queue":
{ Args: { "session_id": string }; Returns: number
                           },
"clear_reactions":
{ Args: { "message_id": string }; Returns: Json
                           },
"comment":
{ Args: { "comment_id": string }; Returns: Database["public"]['CompositeTypes']["comment_row"]
                          SetofOptions: {
        from: "*"
        to: "comment_row"
        isOneToOne: true
        isSetofReturn: false
      } },
"comments_on":
{ Args: { "after"?: string,"page_size"?: number,"sort"?: string,"target_id": string,"target_kind": string }; Returns: Database["public"]['CompositeTypes']["comment_row"][]
                          SetofOptions: {
        from: "*"
        to: "comment_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"conversation":
{ Args: { "conversation_id": string }; Returns: Database["public"]['CompositeTypes']["conversation_row"]
                          SetofOptions: {
        from: "*"
        to: "conversation_row"
        isOneToOne: true
        isSetofReturn: false
      } },
"counter_notice":
{ Args: { "claim_id": string,"statement": string }; Returns: Json
                           },
"crate":
{ Args: { "crate_id": string }; Returns: Json
                           },
"crate_items":
{ Args: { "after"?: string,"crate_id": string,"page_size"?: number }; Returns: Database["public"]['CompositeTypes']["crate_item_row"][]
                          SetofOptions: {
        from: "*"
        to: "crate_item_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"crate_posts":
{ Args: { "after"?: string,"crate_id": string,"page_size"?: number }; Returns: Database["public"]['CompositeTypes']["feed_row"][]
                          SetofOptions: {
        from: "*"
        to: "feed_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"crates_by_genre":
{ Args: { "after"?: string,"genre": string,"page_size"?: number }; Returns: Database["public"]['CompositeTypes']["crate_row"][]
                          SetofOptions: {
        from: "*"
        to: "crate_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"crates_containing":
{ Args: { "after"?: string,"page_size"?: number,"track_id": string }; Returns: Database["public"]['CompositeTypes']["crate_row"][]
                          SetofOptions: {
        from: "*"
        to: "crate_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"create_comment":
{ Args: { "body": string,"client_id"?: string,"parent_id"?: string,"position_ms"?: number,"target_id": string,"target_kind": string }; Returns: Database["public"]['CompositeTypes']["comment_row"]
                          SetofOptions: {
        from: "*"
        to: "comment_row"
        isOneToOne: true
        isSetofReturn: false
      } },
"create_crate":
{ Args: { "client_id"?: string,"cover_path"?: string,"description"?: string,"genre"?: string,"mood"?: string,"tags"?: (string)[],"title": string,"visibility"?: string }; Returns: {
              "audience": string,
"client_id": string | null,
"comment_count": number,
"cover_path": string | null,
"created_at": string,
"deleted_at": string | null,
"description": string | null,
"featured_at": string | null,
"genre": string | null,
"id": string,
"is_featured": boolean,
"is_withheld": boolean,
"item_count": number,
"like_count": number,
"mood": string | null,
"owner_id": string,
"play_count": number,
"tags": (string)[],
"title": string | null,
"total_ms": number,
"updated_at": string,
"visibility": string
            }
                          SetofOptions: {
        from: "*"
        to: "crates"
        isOneToOne: true
        isSetofReturn: false
      } },
"create_post":
{ Args: { "body"?: string,"client_id"?: string,"crate_id"?: string,"kind": string,"media_paths"?: (string)[],"track_id"?: string,"visibility"?: string }; Returns: {
              "audience": string,
"author_id": string,
"body": string | null,
"client_id": string | null,
"comment_count": number,
"crate_id": string | null,
"created_at": string,
"deleted_at": string | null,
"edited_at": string | null,
"id": string,
"is_withheld": boolean,
"kind": string,
"like_count": number,
"media_paths": (string)[],
"repost_count": number,
"track_id": string | null,
"visibility": string
            }
                          SetofOptions: {
        from: "*"
        to: "posts"
        isOneToOne: true
        isSetofReturn: false
      } },
"create_room":
{ Args: { "client_id"?: string,"description"?: string,"genre"?: string,"kind"?: string,"member_limit"?: number,"name": string,"region"?: string,"tags"?: (string)[],"visibility"?: string }; Returns: Json
                           },
"create_room_invite":
{ Args: { "role"?: string,"room_id": string,"use_limit"?: number }; Returns: Json
                           },
"create_track":
{ Args: { "artist_name"?: string,"artwork_path"?: string,"bpm"?: number,"client_id"?: string,"duration_ms": number,"file_format": string,"genre": string,"is_explicit"?: boolean,"isrc"?: string,"kind"?: string,"musical_key"?: string,"title": string }; Returns: Json
                           },
"credit_history":
{ Args: { "after"?: string,"page_size"?: number }; Returns: Database["public"]['CompositeTypes']["credit_row"][]
                          SetofOptions: {
        from: "*"
        to: "credit_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"decide_appeal":
{ Args: { "note"?: string,"sanction_id": string,"uphold": boolean }; Returns: Json
                           },
"decide_case":
{ Args: { "action": string,"case_id": string,"note"?: string,"scope"?: string,"until"?: string }; Returns: Database["public"]['CompositeTypes']["case_row"]
                          SetofOptions: {
        from: "*"
        to: "case_row"
        isOneToOne: true
        isSetofReturn: false
      } },
"decide_claim":
{ Args: { "claim_id": string,"note"?: string,"uphold": boolean }; Returns: Json
                           },
"decide_follow_request":
{ Args: { "approve": boolean,"username": string }; Returns: Json
                           },
"decide_join_request":
{ Args: { "approve": boolean,"request_id": string }; Returns: Json
                           },
"decide_refund":
{ Args: { "approve": boolean,"note"?: string,"refund_id": string }; Returns: {
              "amount_minor": number,
"buyer_id": string,
"created_at": string,
"currency": string,
"decided_at": string | null,
"decided_by": string | null,
"failure": string | null,
"finished_at": string | null,
"id": string,
"note": string | null,
"order_id": string,
"order_line_id": string | null,
"payment_intent_id": string | null,
"reason": string | null,
"seller_id": string | null,
"status": string,
"stripe_refund_id": string | null
            }
                          SetofOptions: {
        from: "*"
        to: "refunds"
        isOneToOne: true
        isSetofReturn: false
      } },
"decide_verification":
{ Args: { "approve": boolean,"note"?: string,"request_id": string }; Returns: Database["public"]['CompositeTypes']["verification_row"]
                          SetofOptions: {
        from: "*"
        to: "verification_row"
        isOneToOne: true
        isSetofReturn: false
      } },
"declare_rights":
{ Args: { "kind": string,"sources"?: (string)[],"track_id": string }; Returns: {
              "accepted_at": string,
"artist_id": string,
"kind": string,
"sources": (string)[],
"track_id": string
            }
                          SetofOptions: {
        from: "*"
        to: "rights_declarations"
        isOneToOne: true
        isSetofReturn: false
      } },
"decline_message_request":
{ Args: { "conversation_id": string }; Returns: Json
                           },
"delete_comment":
{ Args: { "comment_id": string }; Returns: undefined
                           },
"delete_crate":
{ Args: { "crate_id": string }; Returns: undefined
                           },
"delete_direct_message":
{ Args: { "message_id": string }; Returns: undefined
                           },
"delete_message":
{ Args: { "message_id": string }; Returns: undefined
                           },
"delete_my_account":
{ Args: { "confirm_username": string }; Returns: Json
                           },
"delete_post":
{ Args: { "post_id": string }; Returns: undefined
                           },
"delete_room":
{ Args: { "room_id": string }; Returns: undefined
                           },
"detection_queue":
{ Args: { "after"?: string,"page_size"?: number,"status"?: string }; Returns: Database["public"]['CompositeTypes']["detection_case_row"][]
                          SetofOptions: {
        from: "*"
        to: "detection_case_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"detection_status":
{ Args: { "track_id": string }; Returns: Json
                           },
"direct_message":
{ Args: { "message_id": string }; Returns: Database["public"]['CompositeTypes']["message_row"]
                          SetofOptions: {
        from: "*"
        to: "message_row"
        isOneToOne: true
        isSetofReturn: false
      } },
"discard_track":
{ Args: { "track_id": string }; Returns: undefined
                           },
"discover_rooms":
{ Args: { "after"?: string,"genre"?: string,"page_size"?: number,"query"?: string }; Returns: Database["public"]['CompositeTypes']["room_row"][]
                          SetofOptions: {
        from: "*"
        to: "room_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"edit_comment":
{ Args: { "body": string,"comment_id": string }; Returns: Database["public"]['CompositeTypes']["comment_row"]
                          SetofOptions: {
        from: "*"
        to: "comment_row"
        isOneToOne: true
        isSetofReturn: false
      } },
"edit_message":
{ Args: { "body": string,"message_id": string }; Returns: Database["public"]['CompositeTypes']["room_message_row"]
                          SetofOptions: {
        from: "*"
        to: "room_message_row"
        isOneToOne: true
        isSetofReturn: false
      } },
"edit_post":
{ Args: { "body": string,"post_id": string }; Returns: {
              "audience": string,
"author_id": string,
"body": string | null,
"client_id": string | null,
"comment_count": number,
"crate_id": string | null,
"created_at": string,
"deleted_at": string | null,
"edited_at": string | null,
"id": string,
"is_withheld": boolean,
"kind": string,
"like_count": number,
"media_paths": (string)[],
"repost_count": number,
"track_id": string | null,
"visibility": string
            }
                          SetofOptions: {
        from: "*"
        to: "posts"
        isOneToOne: true
        isSetofReturn: false
      } },
"end_quest":
{ Args: { "quest_id": string }; Returns: {
              "cadence": string,
"credits": number,
"description": string,
"ends_at": string | null,
"id": string,
"is_active": boolean,
"metric": string,
"name": string,
"points": number,
"pool_limit": number | null,
"starts_at": string,
"target": number
            }
                          SetofOptions: {
        from: "*"
        to: "quests"
        isOneToOne: true
        isSetofReturn: false
      } },
"end_session":
{ Args: { "session_id": string }; Returns: Json
                           },
"enqueue_track":
{ Args: { "session_id": string,"track_id": string }; Returns: Json
                           },
"export_my_data":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"feature_badges":
{ Args: { "codes": (string)[] }; Returns: {
              "awarded_at": string,
"badge_code": string,
"context": NonNullable<Json>,
"featured_place": number | null,
"user_id": string
            }[]
                          SetofOptions: {
        from: "*"
        to: "badge_awards"
        isOneToOne: false
        isSetofReturn: true
      } },
"feature_crate":
{ Args: { "crate_id": string,"is_featured": boolean }; Returns: {
              "audience": string,
"client_id": string | null,
"comment_count": number,
"cover_path": string | null,
"created_at": string,
"deleted_at": string | null,
"description": string | null,
"featured_at": string | null,
"genre": string | null,
"id": string,
"is_featured": boolean,
"is_withheld": boolean,
"item_count": number,
"like_count": number,
"mood": string | null,
"owner_id": string,
"play_count": number,
"tags": (string)[],
"title": string | null,
"total_ms": number,
"updated_at": string,
"visibility": string
            }
                          SetofOptions: {
        from: "*"
        to: "crates"
        isOneToOne: true
        isSetofReturn: false
      } },
"featured_crates":
{ Args: { "after"?: string,"page_size"?: number }; Returns: Database["public"]['CompositeTypes']["crate_row"][]
                          SetofOptions: {
        from: "*"
        to: "crate_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"follow":
{ Args: { "username": string }; Returns: Json
                           },
"followers":
{ Args: { "after"?: string,"page_size"?: number,"username": string }; Returns: Database["public"]['CompositeTypes']["profile_card"][]
                          SetofOptions: {
        from: "*"
        to: "profile_card"
        isOneToOne: false
        isSetofReturn: true
      } },
"following":
{ Args: { "after"?: string,"page_size"?: number,"username": string }; Returns: Database["public"]['CompositeTypes']["profile_card"][]
                          SetofOptions: {
        from: "*"
        to: "profile_card"
        isOneToOne: false
        isSetofReturn: true
      } },
"global_feed":
{ Args: { "after"?: string,"page_size"?: number }; Returns: Database["public"]['CompositeTypes']["feed_row"][]
                          SetofOptions: {
        from: "*"
        to: "feed_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"grant_plan":
{ Args: { "months": number,"note"?: string,"plan": string,"username": string }; Returns: Json
                           },
"grant_staff_role":
{ Args: { "role": string,"username": string }; Returns: Json
                           },
"heartbeat":
{ Args: { "room_id": string }; Returns: Json
                           },
"hide_comment":
{ Args: { "comment_id": string }; Returns: Json
                           },
"hide_track":
{ Args: { "track_id": string }; Returns: {
              "artist_id": string | null,
"artist_name": string,
"artwork_path": string | null,
"artwork_url": string | null,
"bpm": number | null,
"client_id": string | null,
"comment_count": number,
"created_at": string,
"duration_ms": number,
"file_bytes": number | null,
"file_format": string | null,
"genre": string | null,
"id": string,
"is_explicit": boolean,
"isrc": string | null,
"kind": string,
"like_count": number,
"musical_key": string | null,
"play_count": number,
"provider": string,
"provider_track_id": string,
"published_at": string | null,
"removed_from": string | null,
"repost_count": number,
"status": string,
"title": string
            }
                          SetofOptions: {
        from: "*"
        to: "tracks"
        isOneToOne: true
        isSetofReturn: false
      } },
"home_feed":
{ Args: { "after"?: string,"page_size"?: number }; Returns: Database["public"]['CompositeTypes']["feed_row"][]
                          SetofOptions: {
        from: "*"
        to: "feed_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"invite_to_room":
{ Args: { "role"?: string,"room_id": string,"username": string }; Returns: Json
                           },
"join_room":
{ Args: { "invite_code"?: string,"room_id": string }; Returns: Json
                           },
"join_rotation":
{ Args: { "session_id": string }; Returns: Json
                           },
"leaderboard":
{ Args: { "after"?: string,"board": string,"page_size"?: number,"period"?: string,"scope"?: string }; Returns: Database["public"]['CompositeTypes']["leaderboard_row"][]
                          SetofOptions: {
        from: "*"
        to: "leaderboard_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"leaderboard_around_me":
{ Args: { "board": string,"period"?: string,"radius"?: number,"scope"?: string }; Returns: Database["public"]['CompositeTypes']["leaderboard_row"][]
                          SetofOptions: {
        from: "*"
        to: "leaderboard_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"leaderboard_following":
{ Args: { "after"?: string,"board": string,"page_size"?: number,"period"?: string,"scope"?: string }; Returns: Database["public"]['CompositeTypes']["leaderboard_row"][]
                          SetofOptions: {
        from: "*"
        to: "leaderboard_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"leave_conversation":
{ Args: { "conversation_id": string }; Returns: Json
                           },
"leave_room":
{ Args: { "room_id": string }; Returns: Json
                           },
"leave_rotation":
{ Args: { "session_id": string }; Returns: Json
                           },
"lift_sanction":
{ Args: { "note"?: string,"sanction_id": string }; Returns: Json
                           },
"live_now":
{ Args: { "after"?: string,"page_size"?: number }; Returns: Database["public"]['CompositeTypes']["live_row"][]
                          SetofOptions: {
        from: "*"
        to: "live_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"mark_conversation_read":
{ Args: { "conversation_id": string,"up_to": string }; Returns: Json
                           },
"mark_read":
{ Args: { "ids"?: (string)[] }; Returns: number
                           },
"mark_seen":
{ Args: { "up_to": string }; Returns: number
                           },
"mark_shipped":
{ Args: { "order_line_id": string,"tracking"?: string }; Returns: Json
                           },
"messages":
{ Args: { "after"?: string,"conversation_id": string,"page_size"?: number }; Returns: Database["public"]['CompositeTypes']["message_row"][]
                          SetofOptions: {
        from: "*"
        to: "message_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"moderation_case":
{ Args: { "case_id": string }; Returns: Database["public"]['CompositeTypes']["case_row"]
                          SetofOptions: {
        from: "*"
        to: "case_row"
        isOneToOne: true
        isSetofReturn: false
      } },
"moderation_queue":
{ Args: { "after"?: string,"kind"?: string,"page_size"?: number,"status"?: string }; Returns: Database["public"]['CompositeTypes']["case_row"][]
                          SetofOptions: {
        from: "*"
        to: "case_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"move_crate_item":
{ Args: { "after_item_id": string,"item_id": string }; Returns: {
              "added_at": string,
"added_by": string | null,
"crate_id": string,
"duration_ms": number,
"id": string,
"note": string | null,
"owner_id": string,
"position": number,
"track_id": string
            }
                          SetofOptions: {
        from: "*"
        to: "crate_items"
        isOneToOne: true
        isSetofReturn: false
      } },
"move_queue_item":
{ Args: { "after_item_id": string,"item_id": string }; Returns: undefined
                           },
"mute":
{ Args: { "username": string }; Returns: Json
                           },
"mute_conversation":
{ Args: { "conversation_id": string,"until": string }; Returns: Json
                           },
"mute_member":
{ Args: { "minutes": number,"room_id": string,"username": string }; Returns: Json
                           },
"mutuals":
{ Args: { "after"?: string,"page_size"?: number,"username": string }; Returns: Database["public"]['CompositeTypes']["profile_card"][]
                          SetofOptions: {
        from: "*"
        to: "profile_card"
        isOneToOne: false
        isSetofReturn: true
      } },
"my_account":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"my_blocks":
{ Args: { "after"?: string,"page_size"?: number }; Returns: Database["public"]['CompositeTypes']["profile_card"][]
                          SetofOptions: {
        from: "*"
        to: "profile_card"
        isOneToOne: false
        isSetofReturn: true
      } },
"my_claims":
{ Args: { "after"?: string,"page_size"?: number }; Returns: Database["public"]['CompositeTypes']["claim_row"][]
                          SetofOptions: {
        from: "*"
        to: "claim_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"my_conversations":
{ Args: { "after"?: string,"page_size"?: number,"requests"?: boolean }; Returns: Database["public"]['CompositeTypes']["conversation_row"][]
                          SetofOptions: {
        from: "*"
        to: "conversation_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"my_crates":
{ Args: { "after"?: string,"page_size"?: number }; Returns: Database["public"]['CompositeTypes']["crate_row"][]
                          SetofOptions: {
        from: "*"
        to: "crate_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"my_credits":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"my_detections":
{ Args: { "after"?: string,"page_size"?: number }; Returns: Database["public"]['CompositeTypes']["detection_row"][]
                          SetofOptions: {
        from: "*"
        to: "detection_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"my_downloads":
{ Args: { "after"?: string,"page_size"?: number }; Returns: Database["public"]['CompositeTypes']["download_row"][]
                          SetofOptions: {
        from: "*"
        to: "download_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"my_earnings":
{ Args: { "from_day": string,"to_day": string }; Returns: Json
                           },
"my_entitlements":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"my_follow_requests":
{ Args: { "after"?: string,"page_size"?: number }; Returns: Database["public"]['CompositeTypes']["profile_card"][]
                          SetofOptions: {
        from: "*"
        to: "profile_card"
        isOneToOne: false
        isSetofReturn: true
      } },
"my_invoices":
{ Args: { "after"?: string,"page_size"?: number }; Returns: Database["public"]['CompositeTypes']["invoice_row"][]
                          SetofOptions: {
        from: "*"
        to: "invoice_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"my_likes":
{ Args: { "after"?: string,"kind": string,"page_size"?: number }; Returns: {
              "cursor": string,"liked_at": string,"target": Json,"target_id": string,"target_kind": string
            }[]
                           },
"my_mutes":
{ Args: { "after"?: string,"page_size"?: number }; Returns: Database["public"]['CompositeTypes']["profile_card"][]
                          SetofOptions: {
        from: "*"
        to: "profile_card"
        isOneToOne: false
        isSetofReturn: true
      } },
"my_notification_preferences":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"my_notifications":
{ Args: { "after"?: string,"page_size"?: number }; Returns: Database["public"]['CompositeTypes']["notification_row"][]
                          SetofOptions: {
        from: "*"
        to: "notification_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"my_orders":
{ Args: { "after"?: string,"page_size"?: number }; Returns: Database["public"]['CompositeTypes']["order_row"][]
                          SetofOptions: {
        from: "*"
        to: "order_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"my_payouts":
{ Args: { "after"?: string,"page_size"?: number }; Returns: Database["public"]['CompositeTypes']["payout_row"][]
                          SetofOptions: {
        from: "*"
        to: "payout_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"my_points":
{ Args: { "after"?: string,"page_size"?: number }; Returns: Database["public"]['CompositeTypes']["point_row"][]
                          SetofOptions: {
        from: "*"
        to: "point_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"my_progression":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"my_quests":
{ Args: Record<PropertyKey, never>; Returns: Database["public"]['CompositeTypes']["quest_row"][]
                          SetofOptions: {
        from: "*"
        to: "quest_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"my_rank":
{ Args: { "board": string,"period"?: string,"scope"?: string }; Returns: Database["public"]['CompositeTypes']["board_rank"]
                          SetofOptions: {
        from: "*"
        to: "board_rank"
        isOneToOne: true
        isSetofReturn: false
      } },
"my_room_invites":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"my_rooms":
{ Args: { "after"?: string,"page_size"?: number }; Returns: Database["public"]['CompositeTypes']["room_row"][]
                          SetofOptions: {
        from: "*"
        to: "room_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"my_sales":
{ Args: { "after"?: string,"from_at"?: string,"page_size"?: number,"to_at"?: string }; Returns: Database["public"]['CompositeTypes']["sale_row"][]
                          SetofOptions: {
        from: "*"
        to: "sale_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"my_sanctions":
{ Args: { "after"?: string,"page_size"?: number }; Returns: Database["public"]['CompositeTypes']["sanction_row"][]
                          SetofOptions: {
        from: "*"
        to: "sanction_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"my_streaks":
{ Args: Record<PropertyKey, never>; Returns: Database["public"]['CompositeTypes']["streak_row"][]
                          SetofOptions: {
        from: "*"
        to: "streak_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"my_subscription":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"my_tracks":
{ Args: { "after"?: string,"page_size"?: number }; Returns: Database["public"]['CompositeTypes']["track_row"][]
                          SetofOptions: {
        from: "*"
        to: "track_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"my_verification":
{ Args: Record<PropertyKey, never>; Returns: Database["public"]['CompositeTypes']["verification_row"][]
                          SetofOptions: {
        from: "*"
        to: "verification_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"new_crates":
{ Args: { "after"?: string,"page_size"?: number }; Returns: Database["public"]['CompositeTypes']["crate_row"][]
                          SetofOptions: {
        from: "*"
        to: "crate_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"note_crate_item":
{ Args: { "item_id": string,"note": string }; Returns: {
              "added_at": string,
"added_by": string | null,
"crate_id": string,
"duration_ms": number,
"id": string,
"note": string | null,
"owner_id": string,
"position": number,
"track_id": string
            }
                          SetofOptions: {
        from: "*"
        to: "crate_items"
        isOneToOne: true
        isSetofReturn: false
      } },
"operator_settings":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"order":
{ Args: { "order_id": string }; Returns: Database["public"]['CompositeTypes']["order_row"]
                          SetofOptions: {
        from: "*"
        to: "order_row"
        isOneToOne: true
        isSetofReturn: false
      } },
"pause_session":
{ Args: { "session_id": string }; Returns: Json
                           },
"pin_comment":
{ Args: { "comment_id": string }; Returns: Json
                           },
"pin_message":
{ Args: { "message_id": string,"present"?: boolean }; Returns: Json
                           },
"pin_track":
{ Args: { "room_id": string,"track_id": string }; Returns: Json
                           },
"pinned_messages":
{ Args: { "after"?: string,"page_size"?: number,"room_id": string }; Returns: Database["public"]['CompositeTypes']["room_message_row"][]
                          SetofOptions: {
        from: "*"
        to: "room_message_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"post":
{ Args: { "post_id": string }; Returns: Database["public"]['CompositeTypes']["feed_row"]
                          SetofOptions: {
        from: "*"
        to: "feed_row"
        isOneToOne: true
        isSetofReturn: false
      } },
"preview_point_rule":
{ Args: { "changes": Json,"days"?: number,"rule_name": string }; Returns: Json
                           },
"products_by_artist":
{ Args: { "after"?: string,"page_size"?: number,"username": string }; Returns: Database["public"]['CompositeTypes']["product_row"][]
                          SetofOptions: {
        from: "*"
        to: "product_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"profile_crates":
{ Args: { "after"?: string,"page_size"?: number,"username": string }; Returns: Database["public"]['CompositeTypes']["crate_row"][]
                          SetofOptions: {
        from: "*"
        to: "crate_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"profile_feed":
{ Args: { "after"?: string,"page_size"?: number,"username": string }; Returns: Database["public"]['CompositeTypes']["feed_row"][]
                          SetofOptions: {
        from: "*"
        to: "feed_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"profile_page":
{ Args: { "username": string }; Returns: Json
                           },
"publish_track":
{ Args: { "track_id": string }; Returns: {
              "artist_id": string | null,
"artist_name": string,
"artwork_path": string | null,
"artwork_url": string | null,
"bpm": number | null,
"client_id": string | null,
"comment_count": number,
"created_at": string,
"duration_ms": number,
"file_bytes": number | null,
"file_format": string | null,
"genre": string | null,
"id": string,
"is_explicit": boolean,
"isrc": string | null,
"kind": string,
"like_count": number,
"musical_key": string | null,
"play_count": number,
"provider": string,
"provider_track_id": string,
"published_at": string | null,
"removed_from": string | null,
"repost_count": number,
"status": string,
"title": string
            }
                          SetofOptions: {
        from: "*"
        to: "tracks"
        isOneToOne: true
        isSetofReturn: false
      } },
"quarantined_events":
{ Args: { "after"?: string,"page_size"?: number }; Returns: Database["public"]['CompositeTypes']["quarantined_event"][]
                          SetofOptions: {
        from: "*"
        to: "quarantined_event"
        isOneToOne: false
        isSetofReturn: true
      } },
"react":
{ Args: { "emoji": string,"message_id": string,"present"?: boolean }; Returns: Json
                           },
"recheck_track":
{ Args: { "track_id": string }; Returns: Database["public"]['CompositeTypes']["detection_case_row"]
                          SetofOptions: {
        from: "*"
        to: "detection_case_row"
        isOneToOne: true
        isSetofReturn: false
      } },
"reconciliations":
{ Args: { "after"?: string,"page_size"?: number }; Returns: Database["public"]['CompositeTypes']["reconciliation_row"][]
                          SetofOptions: {
        from: "*"
        to: "reconciliation_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"record_crate_play":
{ Args: { "crate_id": string }; Returns: Json
                           },
"record_play":
{ Args: { "client_event_id": string,"ms_played": number,"room_id"?: string,"source"?: string,"track_id": string }; Returns: Json
                           },
"redeem_credits":
{ Args: { "client_id"?: string,"months": number }; Returns: Json
                           },
"refund_held":
{ Args: { "note": string,"payment_intent_id": string }; Returns: {
              "amount_minor": number,
"buyer_id": string,
"created_at": string,
"currency": string,
"decided_at": string | null,
"decided_by": string | null,
"failure": string | null,
"finished_at": string | null,
"id": string,
"note": string | null,
"order_id": string,
"order_line_id": string | null,
"payment_intent_id": string | null,
"reason": string | null,
"seller_id": string | null,
"status": string,
"stripe_refund_id": string | null
            }
                          SetofOptions: {
        from: "*"
        to: "refunds"
        isOneToOne: true
        isSetofReturn: false
      } },
"register_push_token":
{ Args: { "device_name"?: string,"platform": string,"token": string }; Returns: Json
                           },
"remove_follower":
{ Args: { "username": string }; Returns: Json
                           },
"remove_from_crate":
{ Args: { "item_id": string }; Returns: undefined
                           },
"remove_from_rotation":
{ Args: { "session_id": string,"username": string }; Returns: Json
                           },
"remove_license":
{ Args: { "license_id": string }; Returns: undefined
                           },
"remove_member":
{ Args: { "ban_minutes"?: number,"reason"?: string,"room_id": string,"username": string }; Returns: Json
                           },
"remove_push_token":
{ Args: { "token": string }; Returns: Json
                           },
"remove_queue_item":
{ Args: { "item_id": string }; Returns: undefined
                           },
"remove_track":
{ Args: { "reason"?: string,"track_id": string }; Returns: {
              "artist_id": string | null,
"artist_name": string,
"artwork_path": string | null,
"artwork_url": string | null,
"bpm": number | null,
"client_id": string | null,
"comment_count": number,
"created_at": string,
"duration_ms": number,
"file_bytes": number | null,
"file_format": string | null,
"genre": string | null,
"id": string,
"is_explicit": boolean,
"isrc": string | null,
"kind": string,
"like_count": number,
"musical_key": string | null,
"play_count": number,
"provider": string,
"provider_track_id": string,
"published_at": string | null,
"removed_from": string | null,
"repost_count": number,
"status": string,
"title": string
            }
                          SetofOptions: {
        from: "*"
        to: "tracks"
        isOneToOne: true
        isSetofReturn: false
      } },
"rename_conversation":
{ Args: { "conversation_id": string,"title": string }; Returns: Database["public"]['CompositeTypes']["conversation_row"]
                          SetofOptions: {
        from: "*"
        to: "conversation_row"
        isOneToOne: true
        isSetofReturn: false
      } },
"reopen_case":
{ Args: { "case_id": string,"note"?: string }; Returns: Database["public"]['CompositeTypes']["case_row"]
                          SetofOptions: {
        from: "*"
        to: "case_row"
        isOneToOne: true
        isSetofReturn: false
      } },
"replies_to":
{ Args: { "after"?: string,"comment_id": string,"page_size"?: number }; Returns: Database["public"]['CompositeTypes']["comment_row"][]
                          SetofOptions: {
        from: "*"
        to: "comment_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"report":
{ Args: { "description"?: string,"reason": string,"room_id"?: string,"target_id": string,"target_kind": string }; Returns: Json
                           },
"repost":
{ Args: { "post_id": string }; Returns: Json
                           },
"request_payout":
{ Args: { "currency": string }; Returns: {
              "amount_minor": number,
"closed_at": string | null,
"created_at": string,
"currency": string,
"id": string,
"is_requested": boolean,
"seller_id": string,
"status": string
            }
                          SetofOptions: {
        from: "*"
        to: "payouts"
        isOneToOne: true
        isSetofReturn: false
      } },
"request_refund":
{ Args: { "order_line_id": string,"reason": string }; Returns: {
              "amount_minor": number,
"buyer_id": string,
"created_at": string,
"currency": string,
"decided_at": string | null,
"decided_by": string | null,
"failure": string | null,
"finished_at": string | null,
"id": string,
"note": string | null,
"order_id": string,
"order_line_id": string | null,
"payment_intent_id": string | null,
"reason": string | null,
"seller_id": string | null,
"status": string,
"stripe_refund_id": string | null
            }
                          SetofOptions: {
        from: "*"
        to: "refunds"
        isOneToOne: true
        isSetofReturn: false
      } },
"request_to_join":
{ Args: { "message"?: string,"room_id": string }; Returns: Json
                           },
"request_verification":
{ Args: { "urls": (string)[] }; Returns: Database["public"]['CompositeTypes']["verification_row"]
                          SetofOptions: {
        from: "*"
        to: "verification_row"
        isOneToOne: true
        isSetofReturn: false
      } },
"resolve_track":
{ Args: { "artist_name": string,"artwork_url"?: string,"duration_ms": number,"is_explicit"?: boolean,"isrc"?: string,"provider": string,"provider_track_id": string,"title": string }; Returns: {
              "artist_id": string | null,
"artist_name": string,
"artwork_path": string | null,
"artwork_url": string | null,
"bpm": number | null,
"client_id": string | null,
"comment_count": number,
"created_at": string,
"duration_ms": number,
"file_bytes": number | null,
"file_format": string | null,
"genre": string | null,
"id": string,
"is_explicit": boolean,
"isrc": string | null,
"kind": string,
"like_count": number,
"musical_key": string | null,
"play_count": number,
"provider": string,
"provider_track_id": string,
"published_at": string | null,
"removed_from": string | null,
"repost_count": number,
"status": string,
"title": string
            }
                          SetofOptions: {
        from: "*"
        to: "tracks"
        isOneToOne: true
        isSetofReturn: false
      } },
"restore_my_account":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"restore_track":
{ Args: { "track_id": string }; Returns: {
              "artist_id": string | null,
"artist_name": string,
"artwork_path": string | null,
"artwork_url": string | null,
"bpm": number | null,
"client_id": string | null,
"comment_count": number,
"created_at": string,
"duration_ms": number,
"file_bytes": number | null,
"file_format": string | null,
"genre": string | null,
"id": string,
"is_explicit": boolean,
"isrc": string | null,
"kind": string,
"like_count": number,
"musical_key": string | null,
"play_count": number,
"provider": string,
"provider_track_id": string,
"published_at": string | null,
"removed_from": string | null,
"repost_count": number,
"status": string,
"title": string
            }
                          SetofOptions: {
        from: "*"
        to: "tracks"
        isOneToOne: true
        isSetofReturn: false
      } },
"resume_session":
{ Args: { "session_id": string }; Returns: Json
                           },
"revenue_split":
{ Args: { "product_id"?: string,"track_id"?: string }; Returns: Json
                           },
"review_detection":
{ Args: { "detection_id": string,"notes"?: string,"verdict": string }; Returns: Database["public"]['CompositeTypes']["detection_case_row"]
                          SetofOptions: {
        from: "*"
        to: "detection_case_row"
        isOneToOne: true
        isSetofReturn: false
      } },
"revoke_badge":
{ Args: { "badge_code": string,"note"?: string,"username": string }; Returns: boolean
                           },
"revoke_room_invite":
{ Args: { "invite_id": string }; Returns: Json
                           },
"revoke_staff_role":
{ Args: { "username": string }; Returns: Json
                           },
"room_bans":
{ Args: { "after"?: string,"page_size"?: number,"room_id": string }; Returns: Database["public"]['CompositeTypes']["room_ban_row"][]
                          SetofOptions: {
        from: "*"
        to: "room_ban_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"room_by_slug":
{ Args: { "slug": string }; Returns: Json
                           },
"room_invite":
{ Args: { "code": string }; Returns: Json
                           },
"room_members":
{ Args: { "after"?: string,"page_size"?: number,"room_id": string }; Returns: Database["public"]['CompositeTypes']["room_member_row"][]
                          SetofOptions: {
        from: "*"
        to: "room_member_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"room_message":
{ Args: { "message_id": string }; Returns: Database["public"]['CompositeTypes']["room_message_row"]
                          SetofOptions: {
        from: "*"
        to: "room_message_row"
        isOneToOne: true
        isSetofReturn: false
      } },
"room_messages":
{ Args: { "after"?: string,"page_size"?: number,"room_id": string }; Returns: Database["public"]['CompositeTypes']["room_message_row"][]
                          SetofOptions: {
        from: "*"
        to: "room_message_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"room_moderation":
{ Args: { "after"?: string,"page_size"?: number,"room_id": string }; Returns: Database["public"]['CompositeTypes']["moderation_row"][]
                          SetofOptions: {
        from: "*"
        to: "moderation_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"room_mutes":
{ Args: { "after"?: string,"page_size"?: number,"room_id": string }; Returns: Database["public"]['CompositeTypes']["room_mute_row"][]
                          SetofOptions: {
        from: "*"
        to: "room_mute_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"room_session":
{ Args: { "room_id": string }; Returns: Json
                           },
"room_state":
{ Args: { "room_id": string }; Returns: Json
                           },
"search_profiles":
{ Args: { "after"?: string,"page_size"?: number,"query": string }; Returns: Database["public"]['CompositeTypes']["profile_card"][]
                          SetofOptions: {
        from: "*"
        to: "profile_card"
        isOneToOne: false
        isSetofReturn: true
      } },
"search_tracks":
{ Args: { "after"?: string,"page_size"?: number,"query": string }; Returns: Database["public"]['CompositeTypes']["track_row"][]
                          SetofOptions: {
        from: "*"
        to: "track_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"send_direct_message":
{ Args: { "body"?: string,"client_id"?: string,"conversation_id": string,"crate_id"?: string,"reply_to"?: string,"track_id"?: string }; Returns: Database["public"]['CompositeTypes']["message_row"]
                          SetofOptions: {
        from: "*"
        to: "message_row"
        isOneToOne: true
        isSetofReturn: false
      } },
"send_message":
{ Args: { "body"?: string,"client_id"?: string,"reply_to_id"?: string,"room_id": string,"track_id"?: string }; Returns: Database["public"]['CompositeTypes']["room_message_row"]
                          SetofOptions: {
        from: "*"
        to: "room_message_row"
        isOneToOne: true
        isSetofReturn: false
      } },
"session_history":
{ Args: { "after"?: string,"page_size"?: number,"room_id": string }; Returns: Database["public"]['CompositeTypes']["history_row"][]
                          SetofOptions: {
        from: "*"
        to: "history_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"session_queue":
{ Args: { "after"?: string,"page_size"?: number,"session_id": string }; Returns: Database["public"]['CompositeTypes']["queue_row"][]
                          SetofOptions: {
        from: "*"
        to: "queue_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"session_state":
{ Args: { "session_id": string }; Returns: Json
                           },
"set_activity_reaction":
{ Args: { "event_id": string,"kind": string,"present": boolean }; Returns: Json
                           },
"set_badge":
{ Args: { "badge_code": string,"category": string,"description": string,"icon": string,"metric"?: string,"name": string,"rarity": string,"threshold"?: number,"tier"?: string }; Returns: {
              "category": string,
"code": string,
"description": string,
"icon": string,
"metric": string | null,
"name": string,
"rarity": string,
"season": string | null,
"threshold": number | null,
"tier": string | null
            }
                          SetofOptions: {
        from: "*"
        to: "badges"
        isOneToOne: true
        isSetofReturn: false
      } },
"set_contributor":
{ Args: { "is_allowed": boolean,"session_id": string,"username": string }; Returns: Json
                           },
"set_crate_collaborator":
{ Args: { "crate_id": string,"role": string,"username": string }; Returns: Json
                           },
"set_currency":
{ Args: { "code": string,"is_enabled": boolean }; Returns: {
              "code": string,
"exponent": number,
"is_enabled": boolean,
"step_minor": number
            }
                          SetofOptions: {
        from: "*"
        to: "currencies"
        isOneToOne: true
        isSetofReturn: false
      } },
"set_dm_permission":
{ Args: { "permission": string }; Returns: Json
                           },
"set_feature":
{ Args: { "is_enabled": boolean,"name": string }; Returns: {
              "description": string,
"is_enabled": boolean,
"name": string
            }
                          SetofOptions: {
        from: "*"
        to: "feature_flags"
        isOneToOne: true
        isSetofReturn: false
      } },
"set_fee_policy":
{ Args: { "effective_from"?: string,"payer": string,"platform_bps": number,"processing_bps": number }; Returns: {
              "effective_from": string,
"id": number,
"payer": string,
"platform_bps": number,
"processing_bps": number
            }
                          SetofOptions: {
        from: "*"
        to: "fee_policies"
        isOneToOne: true
        isSetofReturn: false
      } },
"set_license":
{ Args: { "currency"?: string,"name": string,"price_minor": number,"terms": string,"track_id": string }; Returns: {
              "artist_id": string,
"created_at": string,
"currency": string,
"id": string,
"name": string,
"price_minor": number,
"terms": string,
"track_id": string,
"updated_at": string
            }
                          SetofOptions: {
        from: "*"
        to: "licenses"
        isOneToOne: true
        isSetofReturn: false
      } },
"set_like":
{ Args: { "liked": boolean,"target_id": string,"target_kind": string }; Returns: Json
                           },
"set_live_speaker":
{ Args: { "room_id": string,"speaker": boolean,"username": string }; Returns: Json
                           },
"set_member_role":
{ Args: { "role": string,"room_id": string,"username": string }; Returns: Json
                           },
"set_notification_preference":
{ Args: { "channel": string,"is_enabled": boolean,"kind": string }; Returns: Json
                           },
"set_plan_limit":
{ Args: { "plan": string,"resource": string,"value": number }; Returns: {
              "most": number | null,
"plan": string,
"resource": string
            }
                          SetofOptions: {
        from: "*"
        to: "plan_limits"
        isOneToOne: true
        isSetofReturn: false
      } },
"set_point_rule":
{ Args: { "changes": Json,"rule_name": string }; Returns: {
              "cooldown_seconds": number,
"daily_cap": number | null,
"description": string,
"is_active": boolean,
"minimum_account_age_days": number,
"name": string,
"points": number,
"streak": string | null
            }
                          SetofOptions: {
        from: "*"
        to: "point_rules"
        isOneToOne: true
        isSetofReturn: false
      } },
"set_product_file":
{ Args: { "path": string,"product_id": string }; Returns: Json
                           },
"set_quest":
{ Args: { "cadence": string,"credits"?: number,"description": string,"ends_at"?: string,"is_active"?: boolean,"metric": string,"name": string,"points"?: number,"pool_limit"?: number,"quest_id"?: string,"starts_at"?: string,"target": number }; Returns: {
              "cadence": string,
"credits": number,
"description": string,
"ends_at": string | null,
"id": string,
"is_active": boolean,
"metric": string,
"name": string,
"points": number,
"pool_limit": number | null,
"starts_at": string,
"target": number
            }
                          SetofOptions: {
        from: "*"
        to: "quests"
        isOneToOne: true
        isSetofReturn: false
      } },
"set_quiet_hours":
{ Args: { "ends": string,"starts": string }; Returns: Json
                           },
"set_rate_limit":
{ Args: { "action": string,"capacity": number,"refill_seconds": number }; Returns: Json
                           },
"set_reaction":
{ Args: { "comment_id": string,"emoji": string,"present": boolean }; Returns: Json
                           },
"set_revenue_split":
{ Args: { "product_id"?: string,"shares": Json,"track_id"?: string }; Returns: Json
                           },
"set_royalty_rate":
{ Args: { "effective_from": string,"micro_usd": number }; Returns: {
              "effective_from": string,
"micro_usd": number
            }
                          SetofOptions: {
        from: "*"
        to: "royalty_rates"
        isOneToOne: true
        isSetofReturn: false
      } },
"set_setting":
{ Args: { "name": string,"value": number }; Returns: Json
                           },
"share_crate":
{ Args: { "body"?: string,"client_id"?: string,"crate_id": string }; Returns: {
              "audience": string,
"author_id": string,
"body": string | null,
"client_id": string | null,
"comment_count": number,
"crate_id": string | null,
"created_at": string,
"deleted_at": string | null,
"edited_at": string | null,
"id": string,
"is_withheld": boolean,
"kind": string,
"like_count": number,
"media_paths": (string)[],
"repost_count": number,
"track_id": string | null,
"visibility": string
            }
                          SetofOptions: {
        from: "*"
        to: "posts"
        isOneToOne: true
        isSetofReturn: false
      } },
"skip_track":
{ Args: { "expected_sequence": number,"reason"?: string,"session_id": string }; Returns: Json
                           },
"start_conversation":
{ Args: { "title"?: string,"usernames": (string)[] }; Returns: Database["public"]['CompositeTypes']["conversation_row"]
                          SetofOptions: {
        from: "*"
        to: "conversation_row"
        isOneToOne: true
        isSetofReturn: false
      } },
"start_session":
{ Args: { "mode": string,"room_id": string }; Returns: Json
                           },
"submit_proof":
{ Args: { "detection_id": string,"note"?: string,"object_paths": (string)[] }; Returns: Database["public"]['CompositeTypes']["detection_row"]
                          SetofOptions: {
        from: "*"
        to: "detection_row"
        isOneToOne: true
        isSetofReturn: false
      } },
"submit_track":
{ Args: { "track_id": string }; Returns: {
              "artist_id": string | null,
"artist_name": string,
"artwork_path": string | null,
"artwork_url": string | null,
"bpm": number | null,
"client_id": string | null,
"comment_count": number,
"created_at": string,
"duration_ms": number,
"file_bytes": number | null,
"file_format": string | null,
"genre": string | null,
"id": string,
"is_explicit": boolean,
"isrc": string | null,
"kind": string,
"like_count": number,
"musical_key": string | null,
"play_count": number,
"provider": string,
"provider_track_id": string,
"published_at": string | null,
"removed_from": string | null,
"repost_count": number,
"status": string,
"title": string
            }
                          SetofOptions: {
        from: "*"
        to: "tracks"
        isOneToOne: true
        isSetofReturn: false
      } },
"tag_feed":
{ Args: { "after"?: string,"page_size"?: number,"tag": string }; Returns: Database["public"]['CompositeTypes']["feed_row"][]
                          SetofOptions: {
        from: "*"
        to: "feed_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"track":
{ Args: { "track_id": string }; Returns: Database["public"]['CompositeTypes']["track_row"]
                          SetofOptions: {
        from: "*"
        to: "track_row"
        isOneToOne: true
        isSetofReturn: false
      } },
"transfer_room":
{ Args: { "room_id": string,"username": string }; Returns: Json
                           },
"trending_crates":
{ Args: { "after"?: string,"genre"?: string,"page_size"?: number }; Returns: Database["public"]['CompositeTypes']["crate_row"][]
                          SetofOptions: {
        from: "*"
        to: "crate_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"trending_rooms":
{ Args: { "after"?: string,"page_size"?: number }; Returns: Database["public"]['CompositeTypes']["room_row"][]
                          SetofOptions: {
        from: "*"
        to: "room_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"trophy_case":
{ Args: { "after"?: string,"page_size"?: number,"username": string }; Returns: Database["public"]['CompositeTypes']["trophy"][]
                          SetofOptions: {
        from: "*"
        to: "trophy"
        isOneToOne: false
        isSetofReturn: true
      } },
"unban_member":
{ Args: { "room_id": string,"username": string }; Returns: Json
                           },
"unblock":
{ Args: { "username": string }; Returns: Json
                           },
"unfollow":
{ Args: { "username": string }; Returns: Json
                           },
"unhide_comment":
{ Args: { "comment_id": string }; Returns: Json
                           },
"unmute":
{ Args: { "username": string }; Returns: Json
                           },
"unmute_member":
{ Args: { "room_id": string,"username": string }; Returns: Json
                           },
"unpin_comment":
{ Args: { "comment_id": string }; Returns: Json
                           },
"unread_count":
{ Args: Record<PropertyKey, never>; Returns: number
                           },
"unrepost":
{ Args: { "post_id": string }; Returns: Json
                           },
"update_crate":
{ Args: { "cover_path"?: string,"crate_id": string,"description"?: string,"genre"?: string,"mood"?: string,"tags"?: (string)[],"title"?: string,"visibility"?: string }; Returns: {
              "audience": string,
"client_id": string | null,
"comment_count": number,
"cover_path": string | null,
"created_at": string,
"deleted_at": string | null,
"description": string | null,
"featured_at": string | null,
"genre": string | null,
"id": string,
"is_featured": boolean,
"is_withheld": boolean,
"item_count": number,
"like_count": number,
"mood": string | null,
"owner_id": string,
"play_count": number,
"tags": (string)[],
"title": string | null,
"total_ms": number,
"updated_at": string,
"visibility": string
            }
                          SetofOptions: {
        from: "*"
        to: "crates"
        isOneToOne: true
        isSetofReturn: false
      } },
"update_room":
{ Args: { "avatar_path"?: string,"description"?: string,"downvotes_enabled"?: boolean,"genre"?: string,"max_track_ms"?: number,"member_limit"?: number,"name"?: string,"queue_limit_per_member"?: number,"region"?: string,"repeat_window_minutes"?: number,"room_id": string,"rotation_cycles"?: boolean,"slow_mode_seconds"?: number,"tags"?: (string)[],"tracks_per_turn"?: number,"visibility"?: string,"vote_skip_enabled"?: boolean,"vote_skip_minimum"?: number,"vote_skip_ratio"?: number }; Returns: Json
                           },
"update_track":
{ Args: { "artist_name"?: string,"artwork_path"?: string,"bpm"?: number,"genre"?: string,"is_explicit"?: boolean,"isrc"?: string,"kind"?: string,"musical_key"?: string,"title"?: string,"track_id": string }; Returns: {
              "artist_id": string | null,
"artist_name": string,
"artwork_path": string | null,
"artwork_url": string | null,
"bpm": number | null,
"client_id": string | null,
"comment_count": number,
"created_at": string,
"duration_ms": number,
"file_bytes": number | null,
"file_format": string | null,
"genre": string | null,
"id": string,
"is_explicit": boolean,
"isrc": string | null,
"kind": string,
"like_count": number,
"musical_key": string | null,
"play_count": number,
"provider": string,
"provider_track_id": string,
"published_at": string | null,
"removed_from": string | null,
"repost_count": number,
"status": string,
"title": string
            }
                          SetofOptions: {
        from: "*"
        to: "tracks"
        isOneToOne: true
        isSetofReturn: false
      } },
"verification_queue":
{ Args: { "after"?: string,"page_size"?: number,"status"?: string }; Returns: Database["public"]['CompositeTypes']["verification_queue_row"][]
                          SetofOptions: {
        from: "*"
        to: "verification_queue_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"vote_skip":
{ Args: { "item_id": string }; Returns: Json
                           },
"vote_track":
{ Args: { "item_id": string,"value": number }; Returns: Json
                           },
"withdraw_join_request":
{ Args: { "room_id": string }; Returns: Json
                           }
          }
          Enums: {
            [_ in never]: never
          }
          CompositeTypes: {
            "activity_row": {
                        "id": string | null,"kind": string | null,"actors": Json | null,"actor_count": number | null,"event_count": number | null,"target_kind": string | null,"target_id": string | null,"target": Json | null,"data": Json | null,"like_count": number | null,"liked_by_me": boolean | null,"reactions": Json | null,"created_at": string | null,"cursor": string | null
                      },"audit_row": {
                        "id": number | null,"source": string | null,"action": string | null,"actor": Json | null,"target_kind": string | null,"target_id": string | null,"subject": Json | null,"room_id": string | null,"reason": string | null,"before": Json | null,"after": Json | null,"details": Json | null,"created_at": string | null,"cursor": string | null
                      },"board_rank": {
                        "rank": number | null,"score": number | null,"of": number | null,"percentile": number | null,"next_reset_at": string | null
                      },"case_row": {
                        "id": string | null,"kind": string | null,"status": string | null,"target_kind": string | null,"target_id": string | null,"subject": Json | null,"room_id": string | null,"weight": number | null,"report_count": number | null,"is_withheld": boolean | null,"reports": Json | null,"evidence": Json | null,"history": Json | null,"similar_cases": Json | null,"claimed_by": Json | null,"claimed_at": string | null,"decided_by": Json | null,"decided_at": string | null,"action": string | null,"note": string | null,"opened_at": string | null,"cursor": string | null
                      },"claim_queue_row": {
                        "id": string | null,"track": Json | null,"artist": Json | null,"claimant": string | null,"kind": string | null,"contact": string | null,"statement": string | null,"status": string | null,"declaration": Json | null,"strike_count": number | null,"note": string | null,"decided_at": string | null,"decided_by": Json | null,"counter_statement": string | null,"countered_at": string | null,"counter_note": string | null,"redecided_at": string | null,"redecided_by": Json | null,"created_at": string | null,"cursor": string | null
                      },"claim_row": {
                        "id": string | null,"track_id": string | null,"kind": string | null,"statement": string | null,"status": string | null,"note": string | null,"decided_at": string | null,"counter_statement": string | null,"countered_at": string | null,"counter_note": string | null,"redecided_at": string | null,"created_at": string | null,"cursor": string | null
                      },"comment_row": {
                        "id": string | null,"target_kind": string | null,"target_id": string | null,"parent_id": string | null,"depth": number | null,"body": string | null,"position_ms": number | null,"author": Json | null,"mentions": Json | null,"like_count": number | null,"liked_by_me": boolean | null,"reactions": Json | null,"reply_count": number | null,"replies": Json | null,"is_pinned": boolean | null,"is_hidden": boolean | null,"is_deleted": boolean | null,"created_at": string | null,"edited_at": string | null,"cursor": string | null
                      },"conversation_row": {
                        "id": string | null,"kind": string | null,"title": string | null,"state": string | null,"members": Json | null,"member_count": number | null,"last_message": Json | null,"unread_count": number | null,"last_read_message_id": string | null,"muted_until": string | null,"created_at": string | null,"cursor": string | null
                      },"crate_item_row": {
                        "id": string | null,"track": Json | null,"note": string | null,"added_by": Json | null,"added_at": string | null,"cursor": string | null
                      },"crate_row": {
                        "id": string | null,"title": string | null,"description": string | null,"cover_path": string | null,"genre": string | null,"mood": string | null,"tags": (string)[] | null,"visibility": string | null,"is_featured": boolean | null,"owner": Json | null,"my_role": string | null,"item_count": number | null,"total_ms": number | null,"play_count": number | null,"like_count": number | null,"comment_count": number | null,"liked_by_me": boolean | null,"created_at": string | null,"updated_at": string | null,"cursor": string | null
                      },"credit_row": {
                        "id": number | null,"kind": string | null,"amount": number | null,"cause": string | null,"expires_at": string | null,"created_at": string | null,"cursor": string | null
                      },"detection_case_row": {
                        "id": string | null,"track_id": string | null,"track": Json | null,"artist": Json | null,"status": string | null,"risk_score": number | null,"bands": Json | null,"provider": string | null,"provider_version": string | null,"attempts": number | null,"last_error": string | null,"evidence": Json | null,"is_before": boolean | null,"round": number | null,"reviews": Json | null,"proofs": Json | null,"appeal_text": string | null,"appealed_at": string | null,"reopened_at": string | null,"reviewed_by": string | null,"notes": string | null,"decided_at": string | null,"created_at": string | null,"cursor": string | null
                      },"detection_row": {
                        "id": string | null,"track_id": string | null,"track": Json | null,"status": string | null,"risk_score": number | null,"bands": Json | null,"provider": string | null,"provider_version": string | null,"is_current": boolean | null,"can_appeal": boolean | null,"appeal_text": string | null,"appealed_at": string | null,"proofs": Json | null,"decided_at": string | null,"created_at": string | null,"cursor": string | null
                      },"download_row": {
                        "grant_id": string | null,"order_line_id": string | null,"track_id": string | null,"name": string | null,"downloads_left": number | null,"is_revoked": boolean | null,"created_at": string | null,"cursor": string | null
                      },"feed_row": {
                        "id": string | null,"kind": string | null,"body": string | null,"media_paths": (string)[] | null,"track": Json | null,"crate": Json | null,"visibility": string | null,"author": Json | null,"like_count": number | null,"comment_count": number | null,"repost_count": number | null,"liked_by_me": boolean | null,"reposted_by_me": boolean | null,"reason": string | null,"reposted_by": Json | null,"reposters_count": number | null,"created_at": string | null,"edited_at": string | null,"cursor": string | null
                      },"history_row": {
                        "id": string | null,"session_id": string | null,"item_id": string | null,"mode": string | null,"track": Json | null,"title": string | null,"artist_name": string | null,"dj": Json | null,"started_at": string | null,"finished_at": string | null,"ms_played": number | null,"listener_count": number | null,"up_count": number | null,"down_count": number | null,"is_skipped": boolean | null,"skip_reason": string | null,"cursor": string | null
                      },"invoice_row": {
                        "id": string | null,"plan": string | null,"status": string | null,"amount_minor": number | null,"paid_minor": number | null,"currency": string | null,"period_end": string | null,"url": string | null,"created_at": string | null,"cursor": string | null
                      },"leaderboard_row": {
                        "rank": number | null,"profile": Json | null,"score": number | null,"level": number | null,"cursor": string | null
                      },"live_row": {
                        "id": string | null,"title": string | null,"host": Json | null,"room": Json | null,"listener_count": number | null,"peak_listeners": number | null,"started_at": string | null,"cursor": string | null
                      },"message_row": {
                        "id": string | null,"conversation_id": string | null,"sender": Json | null,"body": string | null,"track": Json | null,"crate": Json | null,"reply_to": Json | null,"client_id": string | null,"like_count": number | null,"liked_by_me": boolean | null,"created_at": string | null,"deleted_at": string | null,"cursor": string | null
                      },"moderation_row": {
                        "id": number | null,"action": string | null,"actor": Json | null,"subject": Json | null,"reason": string | null,"data": Json | null,"before": Json | null,"after": Json | null,"created_at": string | null,"cursor": string | null
                      },"notification_row": {
                        "id": string | null,"kind": string | null,"actors": Json | null,"actor_count": number | null,"target_kind": string | null,"target_id": string | null,"target": Json | null,"comment": Json | null,"data": Json | null,"created_at": string | null,"is_seen": boolean | null,"is_read": boolean | null,"cursor": string | null
                      },"order_row": {
                        "id": string | null,"status": string | null,"currency": string | null,"subtotal_minor": number | null,"platform_fee_minor": number | null,"processing_fee_minor": number | null,"shipping_minor": number | null,"total_minor": number | null,"fee_payer": string | null,"shipping_address": Json | null,"created_at": string | null,"expires_at": string | null,"paid_at": string | null,"lines": Json | null,"cursor": string | null
                      },"payout_row": {
                        "id": string | null,"currency": string | null,"amount_minor": number | null,"status": string | null,"is_requested": boolean | null,"created_at": string | null,"closed_at": string | null,"cursor": string | null
                      },"point_row": {
                        "id": number | null,"rule": string | null,"description": string | null,"cause": string | null,"units": number | null,"points": number | null,"withheld": string | null,"is_reversal": boolean | null,"created_at": string | null,"cursor": string | null
                      },"product_row": {
                        "id": string | null,"kind": string | null,"name": string | null,"description": string | null,"pricing": string | null,"price_minor": number | null,"minimum_minor": number | null,"currency": string | null,"external_url": string | null,"track_ids": (string)[] | null,"stock": number | null,"max_per_order": number | null,"shipping_required": boolean | null,"shipping_minor": number | null,"event_at": string | null,"venue": string | null,"image_paths": (string)[] | null,"is_active": boolean | null,"variants": Json | null,"cursor": string | null
                      },"profile_card": {
                        "id": string | null,"username": string | null,"display_name": string | null,"avatar_path": string | null,"is_verified": boolean | null,"is_followed_by_me": boolean | null,"cursor": string | null
                      },"quarantined_event": {
                        "id": string | null,"type": string | null,"error": string | null,"order_id": string | null,"payment_intent_id": string | null,"happened_at": string | null,"received_at": string | null,"cursor": string | null
                      },"quest_row": {
                        "id": string | null,"name": string | null,"description": string | null,"cadence": string | null,"metric": string | null,"target": number | null,"progress": number | null,"points": number | null,"credits": number | null,"is_complete": boolean | null,"is_claimed": boolean | null,"starts_at": string | null,"ends_at": string | null,"pool_left": number | null
                      },"queue_row": {
                        "id": string | null,"track": Json | null,"added_by": Json | null,"is_mine": boolean | null,"up_count": number | null,"down_count": number | null,"my_vote": number | null,"created_at": string | null,"cursor": string | null
                      },"reconciliation_row": {
                        "id": number | null,"from_at": string | null,"to_at": string | null,"repaired_count": number | null,"transaction_count": number | null,"currencies": Json | null,"is_even": boolean | null,"created_at": string | null,"cursor": string | null
                      },"room_ban_row": {
                        "id": string | null,"username": string | null,"display_name": string | null,"avatar_path": string | null,"is_verified": boolean | null,"banned_by": Json | null,"until": string | null,"reason": string | null,"created_at": string | null,"cursor": string | null
                      },"room_member_row": {
                        "id": string | null,"username": string | null,"display_name": string | null,"avatar_path": string | null,"is_verified": boolean | null,"role": string | null,"is_active": boolean | null,"joined_at": string | null,"cursor": string | null
                      },"room_message_row": {
                        "id": string | null,"room_id": string | null,"kind": string | null,"author": Json | null,"body": string | null,"code": string | null,"data": Json | null,"track": Json | null,"reply_to": Json | null,"client_id": string | null,"reactions": Json | null,"created_at": string | null,"edited_at": string | null,"pinned_at": string | null,"deleted_at": string | null,"cursor": string | null
                      },"room_mute_row": {
                        "id": string | null,"username": string | null,"display_name": string | null,"avatar_path": string | null,"is_verified": boolean | null,"muted_by": Json | null,"until": string | null,"created_at": string | null,"cursor": string | null
                      },"room_row": {
                        "id": string | null,"slug": string | null,"name": string | null,"description": string | null,"kind": string | null,"visibility": string | null,"genre": string | null,"tags": (string)[] | null,"region": string | null,"avatar_path": string | null,"owner": Json | null,"my_role": string | null,"member_count": number | null,"listener_count": number | null,"created_at": string | null,"cursor": string | null
                      },"sale_row": {
                        "order_line_id": string | null,"order_id": string | null,"order_status": string | null,"product_id": string | null,"variant_id": string | null,"name": string | null,"variant_name": string | null,"quantity": number | null,"currency": string | null,"line_minor": number | null,"shipping_minor": number | null,"platform_fee_minor": number | null,"processing_fee_minor": number | null,"seller_net_minor": number | null,"refunded_minor": number | null,"buyer": Json | null,"shipping_address": Json | null,"shipping_required": boolean | null,"paid_at": string | null,"shipped_at": string | null,"tracking": string | null,"cursor": string | null
                      },"sanction_row": {
                        "id": string | null,"kind": string | null,"room_id": string | null,"until": string | null,"reason": string | null,"in_force": boolean | null,"lifted_at": string | null,"appeal": Json | null,"created_at": string | null,"cursor": string | null
                      },"streak_row": {
                        "kind": string | null,"current": number | null,"longest": number | null,"at_risk_at": string | null,"freezes": number | null
                      },"track_row": {
                        "id": string | null,"provider": string | null,"provider_track_id": string | null,"title": string | null,"artist_name": string | null,"artist": Json | null,"duration_ms": number | null,"artwork_url": string | null,"artwork_path": string | null,"isrc": string | null,"genre": string | null,"bpm": number | null,"musical_key": string | null,"is_explicit": boolean | null,"kind": string | null,"status": string | null,"play_count": number | null,"like_count": number | null,"comment_count": number | null,"repost_count": number | null,"liked_by_me": boolean | null,"published_at": string | null,"created_at": string | null,"cursor": string | null
                      },"trophy": {
                        "code": string | null,"name": string | null,"description": string | null,"icon": string | null,"tier": string | null,"rarity": string | null,"category": string | null,"season": string | null,"awarded_at": string | null,"context": Json | null,"featured_place": number | null,"cursor": string | null
                      },"verification_queue_row": {
                        "id": string | null,"artist": Json | null,"urls": (string)[] | null,"code": string | null,"status": string | null,"findings": Json | null,"note": string | null,"created_at": string | null,"crawled_at": string | null,"decided_at": string | null,"decided_by": Json | null,"cursor": string | null
                      },"verification_row": {
                        "id": string | null,"urls": (string)[] | null,"code": string | null,"status": string | null,"findings": Json | null,"note": string | null,"created_at": string | null,"crawled_at": string | null,"decided_at": string | null
                      }
          }
        }
}

type DatabaseWithoutInternals = Omit<Database, '__InternalSupabase'>

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">]

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
        DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
      DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])[TableName] extends {
      Row: infer R
    }
    ? R
    : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
  ? (DefaultSchema["Tables"] & DefaultSchema["Views"])[DefaultSchemaTableNameOrOptions] extends {
      Row: infer R
    }
    ? R
    : never
  : never

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Insert: infer I
    }
    ? I
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
  ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Insert: infer I
    }
    ? I
    : never
  : never

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Update: infer U
    }
    ? U
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
  ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Update: infer U
    }
    ? U
    : never
  : never

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema["Enums"]
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never = never
> = DefaultSchemaEnumNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
  ? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
  : never

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema["CompositeTypes"]
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never = never
> = PublicCompositeTypeNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][CompositeTypeName]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
  ? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
  : never

export const Constants = {
  "backend": {
          Enums: {
            
          }
        },"public": {
          Enums: {
            
          }
        }
} as const
